"""Rankings through the whole of quality: people of different skill, trust, consensus, exports."""

import csv
import io
import json
from collections import defaultdict
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from annotate.models import Annotation
from annotate.pages.my_answers import summary
from exchange.exporting.items import Items
from exchange.exporting.request import read_request
from formats.outgoing import ExportContext
from labeltypes.ranking import label_type as ranking
from projects.models import Membership, Role, TaskSummary
from projects.services.ontologies import add_ontology
from quality.models import Consensus, Figure, ToCompare, Trust
from quality.reports.agreement import words_of as differences
from quality.reports.audits import words_of as audited
from quality.reports.confusion import confusions
from quality.reports.difficulty import advice
from quality.reports.methods import changed_by, methods_of
from quality.services.comparing import compare_methods
from quality.services.fields import asked_fields
from quality.services.figures import matrix_fields
from quality.services.full_run import full_run
from quality.services.inference import fit_field
from quality.services.planning import planable_fields
from stats.trust.by_others import combined
from tests.quality.crowd import Crowd, answer, make_crowd, settle, write_all

pytestmark = pytest.mark.django_db

NAMES = ("a", "b", "c", "d")
ONTOLOGY: Any = {
    "media": [{"name": "text", "kind": "text", "source": "text"}],
    "fields": [{"name": "best", "type": "ranking", "options": list(NAMES), "required": True}],
}
TITLED: Any = {
    "media": ONTOLOGY["media"],
    "fields": [
        {
            "name": "best",
            "type": "ranking",
            "options": [{"name": name, "title": f"Model {name.upper()}"} for name in NAMES],
            "required": True,
        }
    ],
}
# How often each person has a pair of neighbors the right way round.
SKILLS = (0.97, 0.95, 0.6, 0.55, 0.5)
TASKS = 80


def ranked(rng: np.random.Generator, truth: list[str], skill: float) -> list[str]:
    """Truth, bubbled through three times by somebody who tells neighbors apart so well."""
    said = list(truth)
    for _ in range(3):
        for upper in range(len(said) - 1):
            if rng.random() > skill:
                said[upper], said[upper + 1] = said[upper + 1], said[upper]
    return said


def crowd_at_work() -> tuple[Crowd, list[list[str]]]:
    rng = np.random.default_rng(7)
    crowd = make_crowd(len(SKILLS), TASKS + 1, ontology=ONTOLOGY)
    truths = [rng.permutation(NAMES).tolist() for _ in range(TASKS)]
    write_all(
        crowd,
        [
            (task, person, {"best": ranked(rng, truth, skill)})
            for task, truth in enumerate(truths)
            for person, skill in enumerate(SKILLS)
        ],
    )
    return crowd, truths


def written(crowd: Crowd, **query: str) -> str:
    assert crowd.project.ontology is not None
    ontology = crowd.project.ontology.parsed()
    wanted = read_request(query, ontology)
    context = ExportContext("p", ontology, 1, timezone.now(), wanted.options)
    return b"".join(wanted.writer.chunks(Items(crowd.project, wanted, ontology), context)).decode()


def test_it_works() -> None:
    """Two know and three guess: consensus is nearer to the truth than what most say, and knows who knows."""
    crowd, truths = crowd_at_work()
    full_run(crowd.project)
    [asked] = asked_fields(crowd.project)
    found = Consensus.objects.filter(project=crowd.project, field="best").order_by("task")
    answers: dict[int, list[Any]] = defaultdict(list)
    for row in Annotation.objects.filter(project=crowd.project).order_by("id"):
        answers[row.task_id].append(row.value["best"])
    plain = [ranking.merge(given, [1] * 5, None, asked.field) for _, given in sorted(answers.items())]

    def far(values: list[Any]) -> float:
        return float(np.mean([asked.distance(v, t) for v, t in zip(values, truths, strict=True)]))

    assert far([row.value for row in found]) < 0.6 * far([each.value for each in plain])
    alone = [far([given[person] for _, given in sorted(answers.items())]) for person in range(len(SKILLS))]
    assert far([row.value for row in found]) < min(alone)
    # Pairs of the merged order are right about as often as it says.
    said = float(np.mean([row.probability for row in found]))
    assert said == pytest.approx(1 - far([row.value for row in found]), abs=0.05)
    trust = {
        row.user_id: row
        for row in Trust.objects.filter(project=crowd.project, field="best", label="", basis="consensus")
    }
    good, poor = [trust[user.pk] for user in crowd.people[:2]], [trust[user.pk] for user in crowd.people[2:]]
    assert min(row.low for row in good) > max(row.high for row in poor)


def test_running_again_gives_the_same() -> None:
    crowd, _ = crowd_at_work()
    full_run(crowd.project)
    first = list(Consensus.objects.order_by("task").values_list("value", "probability", "distribution"))
    full_run(crowd.project)
    assert (
        list(Consensus.objects.order_by("task").values_list("value", "probability", "distribution")) == first
    )


def test_a_new_answer_counts_at_once() -> None:
    crowd, _ = crowd_at_work()
    task = crowd.tasks[TASKS]
    full_run(crowd.project)
    answer(crowd.project, task, crowd.people[3], {"best": ["a", "b", "c", "d"]})
    settle()
    assert TaskSummary.objects.get(task=task).value == {"best": ["a", "b", "c", "d"]}
    answer(crowd.project, task, crowd.people[0], {"best": ["d", "c", "b", "a"]})
    settle()
    assert TaskSummary.objects.get(task=task).value == {"best": ["d", "c", "b", "a"]}


def test_accuracy_over_all_pairs_knows_that_they_hang_together() -> None:
    """Its interval is wider than that of as many independent pairs, and it waits for the full run."""
    crowd, _ = crowd_at_work()
    full_run(crowd.project)
    overall = Trust.objects.filter(project=crowd.project, field="best", label="").order_by("user")
    before = list(overall.values_list("n", "accuracy", "low", "high"))
    [asked] = asked_fields(crowd.project)
    units = [unit.by_others for unit in fit_field(crowd.project, asked).units.values()]
    people = np.tile(np.arange(len(SKILLS), dtype=np.int32), len(units))
    apart = combined(units, people, len(SKILLS))
    n, _, low, high = np.array(before).T
    assert (high - low > apart.high - apart.low).all()
    assert (n < apart.n).all()
    answer(crowd.project, crowd.tasks[TASKS], crowd.people[0], {"best": [*NAMES]})
    answer(crowd.project, crowd.tasks[TASKS], crowd.people[1], {"best": [*NAMES]})
    settle()
    assert list(overall.values_list("n", "accuracy", "low", "high")) == before
    full_run(crowd.project)
    assert list(overall.values_list("n", "accuracy", "low", "high")) != before


def test_an_option_that_is_newer_than_answers() -> None:
    """The pairs that older answers have still count."""
    crowd, _ = crowd_at_work()
    full_run(crowd.project)
    before = Consensus.objects.get(task=crowd.tasks[0]).value
    change_options(crowd, [*NAMES, "e"])
    full_run(crowd.project)
    assert Consensus.objects.get(task=crowd.tasks[0]).value == before
    answer(crowd.project, crowd.tasks[0], extra_person(crowd), {"best": ["e", *before]})
    full_run(crowd.project)
    assert Consensus.objects.get(task=crowd.tasks[0]).value == ["e", *before]


def change_options(crowd: Crowd, names: Any) -> None:
    [field] = ONTOLOGY["fields"]
    crowd.project.refresh_from_db()
    by = Membership.objects.get(project=crowd.project, role=Role.MANAGER).user
    add_ontology(
        project=crowd.project, definition={**ONTOLOGY, "fields": [{**field, "options": list(names)}]}, by=by
    )
    crowd.project.refresh_from_db()


def extra_person(crowd: Crowd) -> User:
    user = User.objects.create(email="late@example.org", name="Late")
    Membership.objects.create(project=crowd.project, user=user, role=Role.ANNOTATOR)
    return user


def test_two_orders_with_the_same_first_differ_in_words() -> None:
    [asked] = asked_fields(make_crowd(1, 1, ontology=TITLED).project)
    assert differences(["a", "b", "c", "d"], asked) == "Model A > Model B > Model C > Model D"
    assert audited([asked], {"best": ["a", "c", "b", "d"]}) == "Model A > Model C > Model B > Model D"
    assert summary(["d", "c"], asked.field) == "Model D > Model C"


def both_ways() -> Crowd:
    """Six people, 40 tasks: the first splits them over d, and the last person often has c before b."""
    crowd = make_crowd(6, 40, ontology=TITLED, overlap=6)
    rows: Any = []
    for task in range(40):
        for person in range(6):
            said = ["b", "c", "a", "d"] if task % 2 else ["a", "b", "c", "d"]
            if task == 0 and person < 3:
                said = ["d", "a", "b", "c"]
            if person == 5 and task % 4 == 3:
                said = ["c", "b", "a", "d"]
            rows.append((task, person, {"best": said}))
    write_all(crowd, rows)
    full_run(crowd.project)
    return crowd


def test_disagreement_is_told_by_pairs() -> None:
    crowd = both_ways()
    (found,) = advice(crowd.project, names=True)
    assert (found.tasks, found.disagreeing, found.hard_count) == (40, 11, 1)
    (hard,) = found.hard
    assert (hard.task, hard.agreeing, hard.answers) == (crowd.tasks[0].pk, 3, 6)
    assert hard.about in {f"Model {x} before Model D" for x in "ABC"} | {
        f"Model D before Model {x}" for x in "ABC"
    }
    (train,) = found.people
    assert (train.name, train.truth, train.said) == (
        "Worker 5",
        "Model B before Model C",
        "Model C before Model B",
    )
    assert 0.1 < train.low < train.rate < train.high < 0.75
    client = Client()
    client.force_login(Membership.objects.get(project=crowd.project, role=Role.MANAGER).user)
    page = client.get(f"/projects/{crowd.project.pk}/disagreement/").content.decode()
    assert hard.about in page
    assert train.said in page
    behind = client.get(train.url).content.decode()
    assert "Text number 3" in behind
    assert "Text number 1<" not in behind
    assert "Model C before Model B" in behind


def test_an_order_is_unsure_where_its_pairs_are_on_average() -> None:
    """Those are asked once more whose stated probability is low, not those with any pair in doubt."""
    crowd, _ = crowd_at_work()
    full_run(crowd.project)
    stated = dict(Consensus.objects.filter(project=crowd.project).values_list("task", "probability"))
    (found,) = advice(crowd.project, names=False, most=TASKS)
    hard = {each.task for each in found.hard}
    doubted = {task for task, sure in stated.items() if sure < 0.9} - hard
    assert 0 < len(doubted) < TASKS / 2
    assert {each.task for each in found.unsure} == doubted


def test_an_order_has_no_confusion_matrix() -> None:
    """It has one for each pair: nothing to plan with, to draw by class, or to show as one table."""
    crowd = make_crowd(1, 1, ontology=ONTOLOGY)
    assert matrix_fields(crowd.project) == []
    assert planable_fields(crowd.project) == []
    assert confusions(crowd.project, most=9) == []


def test_methods_are_compared_pair_by_pair() -> None:
    """Two who know against three who guess: what a majority would turn, and how many pairs in each task."""
    crowd, _ = crowd_at_work()
    full_run(crowd.project)
    assert compare_methods(crowd.project) == {"fields": 1}
    assert not ToCompare.objects.exists()
    found = methods_of(crowd.project)
    assert (found.tasks, found.comparison) == (TASKS, "current")
    by_majority = next(row for row in found.rows if row.name == "majority")
    assert by_majority.changed is not None
    assert 0 < by_majority.changed < TASKS
    rows = changed_by(crowd.project, "majority")
    assert len({row.item.task.pk for row in rows}) == len(rows) == by_majority.changed
    [asked] = asked_fields(crowd.project)
    votes: dict[tuple[int, str], list[str]] = defaultdict(list)
    for answered in Annotation.objects.filter(project=crowd.project):
        for unit, code in asked.votes(answered.value["best"]):
            votes[answered.task_id, asked.in_words(unit, code)].append(code)
    for row in rows:
        now, then = (votes[row.item.task.pk, words] for words in (row.now, row.then))
        assert len(now) + len(then) == len(SKILLS)
        assert len(then) > len(now)
        assert sorted(row.now.split(" before ")) == sorted(row.then.split(" before "))
    assert any(row.more for row in rows)
    key = Figure.objects.get(project=crowd.project, name="methods:best").data["key"]
    full_run(crowd.project)
    assert not ToCompare.objects.exists()
    assert Figure.objects.get(project=crowd.project, name="methods:best").data["key"] == key


def test_exports() -> None:
    crowd, _ = crowd_at_work()
    full_run(crowd.project)
    row = Consensus.objects.get(task=crowd.tasks[0])
    line = json.loads(written(crowd, format="jsonl", soft="true").splitlines()[0])
    assert line["final"]["value"] == {"best": row.value}
    soft = line["soft"]["best"]
    pairs = [f"[{a}] > [{b}]" for a, b in combinations(NAMES, 2)]
    assert list(soft["probabilities"]) == pairs
    assert all(sum(each.values()) == pytest.approx(1, abs=1e-5) for each in soft["probabilities"].values())
    assert {unit: sum(votes.values()) for unit, votes in soft["votes"].items()} == dict.fromkeys(pairs, 5)
    [cells, *_] = csv.DictReader(io.StringIO(written(crowd, format="csv", soft="true")))
    assert json.loads(cells["best"]) == row.value
    assert json.loads(cells["soft.best"]) == soft
