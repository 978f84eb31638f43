"""Idempotence, hidden fields, published coefficients, second looks, and what a retraction does."""

from typing import Any

import numpy as np
import pytest
from django.db import connection

from annotate.models import OutboxEvent, ReviewEntry
from annotate.services.discards import discard_answers
from projects.models import TaskSummary
from quality.models import Agreement, Consensus, FittedModel, StaleTask, Trust, Vote
from quality.services.fields import asked_fields
from quality.services.full_run import full_run
from quality.services.inference import fit_field
from quality.services.votes import mark_stale, rebuild_all
from tests.annotate.steps import api
from tests.quality.crowd import Crowd, answer, make_crowd, settle, simulate

pytestmark = pytest.mark.django_db

KRIPPENDORFF = {
    "A": "1 2 3 3 2 1 4 1 2 . . .",
    "B": "1 2 3 3 2 2 4 1 2 5 . 3",
    "C": ". 3 3 3 2 3 4 2 2 5 1 .",
    "D": "1 2 3 3 2 4 4 1 2 5 1 .",
}


def _ontology(field: dict[str, Any], *more: dict[str, Any]) -> dict[str, Any]:
    return {"media": [{"name": "text", "kind": "text", "source": "text"}], "fields": [field, *more]}


def _snapshot() -> list[Any]:
    keep = {Consensus: (), Vote: (), Trust: ("computed_at",), Agreement: ("computed_at", "id")}
    return [
        sorted(
            str({key: value for key, value in row.items() if key not in drop and key != "id"})
            for row in model.objects.values()
        )
        for model, drop in keep.items()
    ]


def _work(crowd: Crowd, per_task: int = 3) -> None:
    rng = np.random.default_rng(5)
    truth = rng.integers(0, 2, len(crowd.tasks))
    for task, person, code in simulate(rng, truth, np.full(len(crowd.people), 0.85), per_task):
        answer(crowd.project, crowd.tasks[task], crowd.people[person], {"follows": ("no", "yes")[code]})


def _places() -> list[tuple[str]]:
    """Where the summaries' rows are stored: each write of one puts it elsewhere."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ctid::text FROM projects_tasksummary ORDER BY task_id")
        return cursor.fetchall()


def test_running_twice_changes_nothing() -> None:
    crowd = make_crowd(6, 12, overlap=3)
    _work(crowd)
    events = list(OutboxEvent.objects.all())
    settle()
    full_run(crowd.project)
    first, summaries = _snapshot(), list(TaskSummary.objects.order_by("pk").values())
    places = _places()
    full_run(crowd.project)
    assert _snapshot() == first
    assert _places() == places, "nothing was even written"
    OutboxEvent.objects.bulk_create(event for event in events if event.kind == "submitted")
    settle()  # delivered twice, and updated one by one under the stored model
    assert _snapshot()[1:] == first[1:]
    again = list(TaskSummary.objects.order_by("pk").values())
    for row, other in zip(summaries, again, strict=True):
        assert row["value"] == other["value"]
        assert row["probability"] == pytest.approx(other["probability"], abs=1e-6)


def test_the_quick_update_equals_the_full_run() -> None:
    crowd = make_crowd(6, 12, overlap=3)
    _work(crowd)
    settle()
    full_run(crowd.project)
    before = dict(Consensus.objects.values_list("task_id", "probability"))
    assert FittedModel.objects.get().codes == ["no", "yes"]
    mark_stale(crowd.project.pk, [task.pk for task in crowd.tasks])
    settle()
    assert not StaleTask.objects.exists()
    after = dict(Consensus.objects.values_list("task_id", "probability"))
    assert after == pytest.approx(before, abs=1e-6)


def test_votes_can_be_rebuilt() -> None:
    crowd = make_crowd(3, 4, overlap=3)
    _work(crowd)
    settle()
    before = sorted(Vote.objects.values_list("annotation_id", "field", "unit", "code"))
    Vote.objects.all().delete()
    assert rebuild_all(crowd.project) == 12
    assert sorted(Vote.objects.values_list("annotation_id", "field", "unit", "code")) == before


@pytest.mark.parametrize(
    ("field", "alpha"),
    [
        ({"type": "choice", "options": ["1", "2", "3", "4", "5"]}, 0.743421),
        ({"type": "rating", "max": 5}, 0.815388),
        ({"type": "number", "min": 0, "max": 10}, 0.849107),
    ],
)
def test_published_agreement_through_the_whole_path(field: dict[str, Any], alpha: float) -> None:
    crowd = make_crowd(4, 12, ontology=_ontology({"name": "q", **field}), overlap=4)
    is_name = field["type"] == "choice"
    for person, row in zip(crowd.people, KRIPPENDORFF.values(), strict=True):
        for task, code in zip(crowd.tasks, row.split(), strict=True):
            if code != ".":
                answer(crowd.project, task, person, {"q": code if is_name else int(code)})
    settle()
    full_run(crowd.project)
    rows = {row["coefficient"]: row for row in _agreement(crowd)}
    assert rows["alpha"]["value"] == pytest.approx(alpha, abs=1e-6)
    assert rows["alpha"]["low"] < alpha < rows["alpha"]["high"]
    if field["type"] == "rating":
        # The matrices of a scale: whoever misses, misses by one level rather than by three.
        [asked] = asked_fields(crowd.project)
        matrix = fit_field(crowd.project, asked).units[""].consensus.confusion[0, 0]
        assert matrix[1] > 2 * matrix[3]
    if is_name:
        assert rows["percent"]["value"] == pytest.approx(0.81818, abs=1e-5)
        assert rows["gwet_ac1"]["value"] == pytest.approx(0.77544, abs=1e-5)
        assert rows["fleiss_kappa"]["value"] == pytest.approx(0.76117, abs=1e-5)


def test_cohen_of_two_people() -> None:
    crowd = make_crowd(2, 100, overlap=2)
    cells = {("no", "no"): 45, ("no", "yes"): 15, ("yes", "no"): 25, ("yes", "yes"): 15}
    pairs = [pair for pair, count in cells.items() for _ in range(count)]
    for task, pair in zip(crowd.tasks, pairs, strict=True):
        for person, code in zip(crowd.people, pair, strict=True):
            answer(crowd.project, task, person, {"follows": code})
    settle()
    full_run(crowd.project)
    rows = {row["coefficient"]: row["value"] for row in _agreement(crowd)}
    assert rows["cohen_kappa"] == pytest.approx(0.130435, abs=1e-6)
    assert rows["percent"] == pytest.approx(0.6)


def _agreement(crowd: Crowd) -> list[dict[str, Any]]:
    manager = crowd.project.memberships.get(role="manager").user
    return list(api(manager).get(f"/api/v1/projects/{crowd.project.pk}/agreement/").json()["results"])


def test_undefined_agreement_says_why() -> None:
    crowd = make_crowd(2, 1, overlap=2)
    answer(crowd.project, crowd.tasks[0], crowd.people[0], {"follows": "yes"})
    settle()
    full_run(crowd.project)
    row = next(row for row in _agreement(crowd) if row["coefficient"] == "alpha")
    assert row["value"] is None
    assert row["undefined"] == "no item has two answers"


def test_hidden_fields_count_as_not_asked() -> None:
    ontology = _ontology(
        {"name": "kind", "type": "choice", "options": ["a", "b"], "required": True},
        {"name": "why", "type": "choice", "options": ["x", "y"], "show_if": {"kind": ["a"]}},
    )
    crowd = make_crowd(3, 1, ontology=ontology, overlap=3)
    values: list[Any] = [{"kind": "a", "why": "x"}, {"kind": "b"}, {"kind": "b"}]
    for person, value in zip(crowd.people, values, strict=True):
        answer(crowd.project, crowd.tasks[0], person, value)
    settle()
    rows = {row.field: row for row in Consensus.objects.all()}
    assert (rows["why"].answers, rows["why"].agreement) == (1, None)
    assert TaskSummary.objects.get().value == {"kind": "b"}


def test_spans_boxes_numbers_and_texts_merge() -> None:
    ontology = _ontology(
        {"name": "names", "type": "span", "on": "text", "classes": ["PER"]},
        {"name": "count", "type": "number"},
        {"name": "note", "type": "text"},
    )
    crowd = make_crowd(3, 1, ontology=ontology, overlap=3)
    for person, (end, count, note) in zip(
        crowd.people, [(4, 1, "good"), (4, 3, "good"), (5, 90, "bad!")], strict=True
    ):
        span = {"id": "s", "class": "PER", "start": 0, "end": end}
        answer(crowd.project, crowd.tasks[0], person, {"names": [span], "count": count, "note": note})
    settle()
    full_run(crowd.project)
    value = TaskSummary.objects.get().value
    assert [(row["start"], row["end"], row["class"]) for row in value["names"]] == [(0, 4, "PER")]
    assert (value["count"], value["note"]) == (3, "good")
    trust = dict(Trust.objects.filter(field="note", label="").values_list("user_id", "accuracy"))
    assert trust[crowd.people[2].pk] < trust[crowd.people[0].pk]


def test_low_agreement_waits_for_a_reviewer_and_agreed_tasks_are_done() -> None:
    crowd = make_crowd(2, 2, overlap=2, review_below_agreement=0.6)
    for task, codes in zip(crowd.tasks, (("yes", "no"), ("yes", "yes")), strict=True):
        for person, code in zip(crowd.people, codes, strict=True):
            answer(crowd.project, task, person, {"follows": code})
    settle()
    states = dict(TaskSummary.objects.values_list("task_id", "state"))
    assert states == {crowd.tasks[0].pk: "review", crowd.tasks[1].pk: "done"}
    entry = ReviewEntry.objects.get()
    assert (entry.reason, entry.detail) == ("low_agreement", 0.0)
    mark_stale(crowd.project.pk, [crowd.tasks[0].pk])
    settle()
    full_run(crowd.project)
    assert ReviewEntry.objects.count() == 1


def test_answers_of_distrusted_people_get_a_second_look() -> None:
    crowd = make_crowd(1, 1, overlap=1, review_below_trust=0.7)
    person = crowd.people[0]
    Trust.objects.create(
        project=crowd.project, user=person, basis="gold", n=30, correct=12, accuracy=0.4, low=0.2, high=0.6,
        computed_at="2026-01-01T00:00:00Z",
    )  # fmt: skip
    answer(crowd.project, crowd.tasks[0], person, {"follows": "yes"})
    settle()
    entry = ReviewEntry.objects.get()
    assert (entry.reason, entry.detail) == ("low_trust", pytest.approx(0.4))


def test_discarded_answers_leave_votes_and_consensus() -> None:
    crowd = make_crowd(2, 1, overlap=2)
    answer(crowd.project, crowd.tasks[0], crowd.people[0], {"follows": "yes"})
    settle()
    assert Vote.objects.count() == 1
    manager = crowd.project.memberships.get(role="manager").user
    discard_answers(project=crowd.project, user=crowd.people[0], by=manager)
    settle()
    assert not Vote.objects.exists()
    assert not Consensus.objects.exists()
    assert TaskSummary.objects.get().value is None
