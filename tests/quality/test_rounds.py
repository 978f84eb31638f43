"""Active learning: refusals, a round through the job, features of images, and that it beats chance."""

import numpy as np
import pytest
from django.db.models import F, Q
from sklearn.datasets import load_digits

from annotate.models import Assignment, Drawn, Prediction, QueueEntry
from projects.jobs import cancel_job, run_job
from projects.models import Job
from quality.models import Round
from quality.services import learner, schedule
from quality.services.features import describe, gradient_histograms, image_features, text_features
from quality.services.gold import make_gold
from quality.services.rounds import start_if_due
from tests.annotate.steps import api, hand_out
from tests.quality.crowd import Crowd, answer, make_crowd, settle

WORDS = {"yes": "sun beach holiday sea", "no": "rain mud work tax"}


def _crowd(labels: int, *, one_class: bool = False, open_tasks: int = 30, **settings: object) -> Crowd:
    crowd = make_crowd(1, 0, overlap=1, active_learning=True, random_share=0.2, **settings)
    from tests.world import make_tasks

    codes = ["yes" if one_class or index % 2 else "no" for index in range(labels + open_tasks)]
    crowd.tasks = make_tasks(crowd.project, [f"{WORDS[code]} number {i}" for i, code in enumerate(codes)])
    for task, code in list(zip(crowd.tasks, codes, strict=True))[:labels]:
        answer(crowd.project, task, crowd.people[0], {"follows": code})
    settle()
    return crowd


def _start(crowd: Crowd) -> object:
    manager = crowd.project.memberships.get(role="manager").user
    return api(manager).post(f"/api/v1/projects/{crowd.project.pk}/rounds/", {}, format="json")


@pytest.mark.django_db
def test_it_works() -> None:
    crowd = _crowd(24)
    response = _start(crowd)
    assert response.status_code == 202, response.content
    run_job(Job.objects.get(kind="round").pk)
    done = Round.objects.get()
    assert (done.state, done.labeled, done.evaluated) == ("done", 24, 24)
    assert done.low <= done.accuracy <= done.high
    assert done.accuracy > 0.9
    predictions = Prediction.objects.filter(project=crowd.project)
    assert predictions.count() == 30 == done.predicted
    right = [
        row.value["follows"] == ("yes" if "sun" in row.task.data["text"] else "no") for row in predictions
    ]
    assert np.mean(right) > 0.9
    drawn = QueueEntry.objects.filter(project=crowd.project, taken__lt=F("wanted")).values_list(
        "drawn", flat=True
    )
    assert set(drawn) == {Drawn.POLICY, Drawn.RANDOM}
    assert done.ranked == 30
    listed = api(crowd.project.memberships.get(role="manager").user).get(
        f"/api/v1/projects/{crowd.project.pk}/rounds/"
    )
    assert listed.json()["results"][0]["number"] == 1


@pytest.mark.django_db
def test_a_second_round_replaces_the_predictions() -> None:
    crowd = _crowd(24)
    for _ in range(2):
        _start(crowd)
        run_job(Job.objects.filter(kind="round").latest("pk").pk)
    assert set(Prediction.objects.values_list("version", flat=True)) == {"round 2"}


@pytest.mark.django_db
def test_every_task_that_may_be_handed_out_has_a_prediction() -> None:
    """Gold too, and work that somebody has answered: what has none would be known for gold, or for work."""
    crowd = _crowd(24, show_predictions=True, gold_share=0.5, hold_size=50)
    known, unknown = crowd.tasks[24:34], crowd.tasks[34:44]
    answered = [(task, {"follows": "yes" if "sun" in task.data["text"] else "no"}) for task in known]
    for task, value in answered:
        make_gold(project=crowd.project, task=task, answers=[value], by=None)
        answer(crowd.project, task, crowd.people[0], value, drawn=Drawn.GOLD)
    for task in unknown:
        make_gold(project=crowd.project, task=task, answers=[{"follows": "yes"}], by=None)
    settle()
    partly = crowd.tasks[44]
    QueueEntry.objects.filter(pk=partly.pk).update(wanted=2)
    answer(crowd.project, partly, crowd.people[0], {"follows": "no"})
    settle()
    _start(crowd)
    run_job(Job.objects.get(kind="round").pk)
    shown = {entry.pk for entry in QueueEntry.objects.filter(Q(pool="gold") | Q(taken__lt=F("wanted")))}
    told = dict(Prediction.objects.values_list("task_id", "score"))
    assert set(told) == shown
    assert {partly.pk, *(task.pk for task in crowd.tasks[24:44])} <= shown
    gold = np.mean([told[task.pk] for task in crowd.tasks[24:44]])
    work = np.mean([told[task.pk] for task in crowd.tasks[45:]])
    assert abs(gold - work) < 0.05  # known answers are not surer than others
    rows = hand_out(crowd.project, crowd.project.memberships.get(role="manager").user, 50)
    assert {len(row["predictions"]) for row in rows} == {1}
    drawn = set(Assignment.objects.filter(pk__in=[row["id"] for row in rows]).values_list("drawn", flat=True))
    assert Drawn.GOLD in drawn
    assert drawn - {Drawn.GOLD}


@pytest.mark.django_db
def test_what_was_learned_from_is_predicted_by_models_that_had_not_seen_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A model knows its own examples: gold would be known by how sure and how right it is there."""
    crowd = _crowd(24)
    gold = crowd.tasks[24]
    make_gold(project=crowd.project, task=gold, answers=[{"follows": "yes"}], by=None)
    answer(crowd.project, gold, crowd.people[0], {"follows": "yes"}, drawn=Drawn.GOLD)
    settle()
    unsure = np.full((1, 2), 0.5)
    monkeypatch.setattr(learner, "held_out", lambda _, labels, *__, **___: unsure.repeat(len(labels), axis=0))
    _start(crowd)
    run_job(Job.objects.get(kind="round").pk)
    assert Prediction.objects.get(task=gold).score == 0.5
    assert Prediction.objects.exclude(task=gold).filter(score=0.5).count() == 0


@pytest.mark.django_db
def test_refuses_too_few_labels_with_the_number_needed() -> None:
    error = _start(_crowd(5)).json()["error"]
    assert error["code"] == "too_few_labels"
    assert error["message"] == "5 tasks have an answer to “follows”; a round needs at least 20."


@pytest.mark.django_db
def test_refuses_one_class_only() -> None:
    error = _start(_crowd(21, one_class=True)).json()["error"]
    assert error["code"] == "one_class"
    assert "All 21 labeled tasks are “yes”" in error["message"]


@pytest.mark.django_db
def test_refuses_a_project_without_a_choice() -> None:
    ontology = {
        "media": [{"name": "text", "kind": "text", "source": "text"}],
        "fields": [{"name": "names", "type": "span", "on": "text", "classes": ["PER"]}],
    }
    response = _start(make_crowd(1, 1, ontology=ontology))
    assert response.status_code == 400
    assert "one answer out of a list" in response.json()["error"]["message"]


@pytest.mark.django_db
def test_refuses_a_second_round_while_one_runs() -> None:
    crowd = _crowd(24)
    _start(crowd)
    assert _start(crowd).status_code == 409


@pytest.mark.django_db
def test_starts_by_itself_after_enough_new_labels() -> None:
    crowd = _crowd(24, retrain_after=22)
    assert schedule.start_due_rounds() == 1
    run_job(Job.objects.get(kind="round").pk)
    assert not start_if_due(crowd.project)
    for task in crowd.tasks[24:46]:
        answer(crowd.project, task, crowd.people[0], {"follows": "no"}, drawn=Drawn.POLICY)
    settle()
    assert start_if_due(crowd.project)
    run_job(Job.objects.filter(kind="round").latest("pk").pk)
    second = Round.objects.get(number=2)
    assert (second.labeled, second.evaluated) == (
        46,
        24,
    )  # what the policy chose is learned from, never counted


def test_margin_sampling_needs_fewer_labels_than_chance() -> None:
    """On handwritten digits: labels needed for 90 % right, over several seeds."""
    digits = load_digits()
    features, labels = digits.data / 16, digits.target.astype(np.int32)
    ours, chance = [], []
    for seed in range(3):
        order = np.random.default_rng(seed).permutation(len(labels))
        pool, test = order[:900], order[900:]
        ours.append(_labels_needed(features, labels, pool, test, active=True))
        chance.append(_labels_needed(features, labels, pool, test, active=False))
    assert np.mean(ours) <= 0.8 * np.mean(chance), (ours, chance)


def _labels_needed(features, labels, pool, test, *, active: bool) -> int:
    known = list(pool[:20])
    while len(known) < len(pool):
        model = learner.train(features[known], labels[known])
        if (model.predict(features[test]) == labels[test]).mean() >= 0.9:
            return len(known)
        rest = np.array([index for index in pool if index not in set(known)])
        if active:
            chosen = learner.choose(model.predict_proba(features[rest]), features[rest], 20)
            known += rest[chosen].tolist()
        else:
            known += rest[:20].tolist()
    return len(known)


def test_only_random_tasks_are_counted() -> None:
    rng = np.random.default_rng(0)
    features = rng.normal(size=(60, 2))
    labels = (features[:, 0] > 0).astype(np.int32)
    is_random = np.arange(60) < 25
    shares = learner.held_out(features, labels)
    assert learner.score(shares, labels, is_random).evaluated == 25
    assert learner.score(shares, labels, np.zeros(60, dtype=bool)).evaluated == 0


def test_a_fold_without_a_second_class_says_nothing() -> None:
    features, labels = np.eye(20), np.zeros(20, dtype=np.int32)
    labels[3] = 1
    shares = learner.held_out(features, labels)
    unknown = np.isnan(shares[:, 0])
    assert unknown[3]
    assert 0 < unknown.sum() < 20
    assert learner.score(shares, labels, np.ones(20, dtype=bool)).evaluated == 20 - unknown.sum()


def test_gradients_tell_directions_apart() -> None:
    across = np.tile(np.linspace(0, 1, 64), (64, 1))
    first, second = gradient_histograms(across), gradient_histograms(across.T)
    assert first @ second < 0.1 * (first @ first)
    assert not gradient_histograms(np.full((64, 64), 0.5)).any()


def test_a_missing_picture_is_the_mean_of_the_others() -> None:
    rng = np.random.default_rng(0)
    pictures = [rng.integers(0, 255, (64, 64, 3), dtype=np.uint8) for _ in range(4)]
    table = image_features([*pictures, None])
    assert table.shape[0] == 5
    assert np.allclose(table[4], table[:4].mean(axis=0), atol=1e-6)
    assert describe(pictures[0]).shape == describe(pictures[1]).shape
    assert image_features([None, None]).shape == (2, 1)


def test_texts_without_words_give_an_empty_column() -> None:
    assert text_features(["", ""]).shape == (2, 1)
    assert text_features(["你好 hello", "no"]).shape[0] == 2


@pytest.mark.django_db
def test_a_round_whose_job_is_cancelled_leaves_room_for_the_next() -> None:
    crowd = _crowd(24)
    _start(crowd)
    assert _start(crowd).status_code == 409
    cancel_job(job=Job.objects.get(kind="round"))
    first = Round.objects.get()
    assert (first.state, first.message) == ("failed", "It was stopped.")
    assert first.finished_at is not None
    assert _start(crowd).status_code == 202
