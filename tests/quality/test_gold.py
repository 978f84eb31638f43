"""Gold: making it, hiding it, grading it, and what people learn of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from annotate import outbox
from annotate.models import Annotation, Drawn, Notice, OutboxEvent, QueueEntry
from annotate.services.corrections import correct
from labeltypes.base import Invalid, JsonObject
from quality.models import Consensus, GoldGrade, GoldItem, Trust
from quality.services.feedback import own_accuracy
from quality.services.fields import asked_fields
from quality.services.full_run import full_run
from quality.services.gold import GoldInput, make_gold, make_many
from quality.services.grading import grade_value
from tests.annotate.steps import api
from tests.quality.crowd import Crowd, answer, make_crowd, settle

pytestmark = pytest.mark.django_db

YES: JsonObject = {"follows": "yes"}
NO: JsonObject = {"follows": "no"}
MANY: dict[str, Any] = {
    "media": [{"name": "text", "kind": "text", "source": "text"}],
    "fields": [
        {"name": "kind", "type": "choice", "options": ["a", "b"]},
        {"name": "count", "type": "number", "min": 0, "max": 10, "show_if": {"kind": ["a"]}},
    ],
}


@pytest.fixture
def crowd() -> Crowd:
    return make_crowd(2, 30, overlap=2)


def _gold(crowd: Crowd, index: int = 0, value: JsonObject = YES, **more: Any) -> GoldItem:
    return make_gold(project=crowd.project, task=crowd.tasks[index], answers=[value], by=None, **more)


def _answer_gold(crowd: Crowd, index: int, value: JsonObject, person: int = 0) -> int:
    return answer(crowd.project, crowd.tasks[index], crowd.people[person], value, drawn=Drawn.GOLD)


def test_it_works(crowd: Crowd) -> None:
    gold = _gold(crowd)
    assert QueueEntry.objects.get(task=gold.task).pool == "gold"
    _answer_gold(crowd, 0, YES)
    _answer_gold(crowd, 0, NO, person=1)
    assert not GoldGrade.objects.exists()  # graded by a worker, never in the request
    settle()
    grades = dict(GoldGrade.objects.values_list("user_id", "correct"))
    assert grades == {crowd.people[0].pk: True, crowd.people[1].pk: False}
    trust = Trust.objects.get(user=crowd.people[0], basis="gold", field="follows", label="yes")
    assert (trust.n, trust.correct) == (1.0, 1.0)
    assert trust.low < 0.2 < trust.high


def test_refuses_a_value_that_the_ontology_has_not(crowd: Crowd) -> None:
    with pytest.raises(Invalid) as refusal:
        _gold(crowd, value={"follows": "perhaps"})
    assert refusal.value.problems[0].path == "value.follows"
    assert not GoldItem.objects.exists()


def test_refuses_a_wrong_tolerance(crowd: Crowd) -> None:
    response = api(_manager(crowd)).post(
        f"/api/v1/projects/{crowd.project.pk}/gold/",
        {"task": str(crowd.tasks[0].pk), "value": YES, "tolerance": {"follows": 2, "other": 0.5}},
        format="json",
    )
    assert response.status_code == 400
    paths = [field["path"] for field in response.json()["error"]["fields"]]
    assert paths == ["tolerance.follows", "tolerance.other"]


def _manager(crowd: Crowd) -> Any:
    return crowd.project.memberships.get(role="manager").user


def test_refuses_a_task_of_another_project(crowd: Crowd) -> None:
    other = make_crowd(1, 1, name="Other")
    response = api(_manager(crowd)).post(
        f"/api/v1/projects/{crowd.project.pk}/gold/",
        {"task": str(other.tasks[0].pk), "value": YES},
        format="json",
    )
    assert response.status_code == 400
    assert response.json()["error"]["fields"] == [{"path": "task", "message": "not found"}]


def test_the_api_lists_promotes_and_retires(crowd: Crowd) -> None:
    client = api(_manager(crowd))
    base = f"/api/v1/projects/{crowd.project.pk}/gold/"
    annotation = answer(crowd.project, crowd.tasks[3], crowd.people[0], NO)
    assert client.post(f"/api/v1/annotations/{annotation}/gold/").status_code == 201
    found = client.get(base).json()["results"]
    assert [(row["task"], row["answers"]) for row in found] == [(str(crowd.tasks[3].pk), [NO])]
    assert client.delete(f"{base}?task={crowd.tasks[3].pk}").status_code == 204
    assert client.get(base).json()["results"] == []
    assert QueueEntry.objects.get(task=crowd.tasks[3]).pool == "work"


def test_bulk_keeps_the_good_rows(crowd: Crowd) -> None:
    rows = [
        GoldInput(crowd.tasks[0].pk, [YES]),
        GoldInput(crowd.tasks[1].pk, [{"x": 1}]),
        GoldInput(0, [YES]),
    ]
    problems = make_many(project=crowd.project, items=rows, by=None)
    assert [index for index, _ in problems] == [1, 2]
    assert GoldItem.objects.count() == 1


def test_any_accepted_answer_counts_and_hidden_fields_are_not_asked() -> None:
    crowd = make_crowd(1, 1, ontology=MANY)
    fields = asked_fields(crowd.project)
    accepted: list[JsonObject] = [{"kind": "b"}, {"kind": "a", "count": 4}]
    assert grade_value({"kind": "b"}, accepted, {}, fields).correct
    near = grade_value({"kind": "a", "count": 5}, accepted, {}, fields)
    assert (near.correct, near.score) == (False, pytest.approx(0.95))
    assert grade_value({"kind": "a", "count": 5}, accepted, {"count": 0.1}, fields).correct
    assert not grade_value({"kind": "a"}, accepted, {}, fields).correct


def test_delivered_twice_the_grade_is_one(crowd: Crowd) -> None:
    _gold(crowd)
    _answer_gold(crowd, 0, YES)
    events = list(OutboxEvent.objects.all())
    settle()
    before = list(GoldGrade.objects.values())
    OutboxEvent.objects.bulk_create(events)
    settle()
    assert list(GoldGrade.objects.values()) == before


def test_a_correction_is_graded_again(crowd: Crowd) -> None:
    _gold(crowd)
    annotation = _answer_gold(crowd, 0, NO)
    settle()
    correct(annotation=Annotation.objects.get(pk=annotation), project=crowd.project, value=YES, base=1)
    settle()
    grade = GoldGrade.objects.get()
    assert (grade.correct, grade.version) == (True, 2)


def test_at_once_tells_the_answer_and_burns_the_item(crowd: Crowd) -> None:
    crowd.project.feedback = "at_once"
    crowd.project.save()
    _gold(crowd, explanation="Because it says so.")
    annotation = _answer_gold(crowd, 0, NO)
    settle()
    notice = Notice.objects.get(user=crowd.people[0])
    assert notice.kind == "feedback"
    assert "Because it says so." in notice.text
    assert notice.payload["answer"] == YES
    correct(annotation=Annotation.objects.get(pk=annotation), project=crowd.project, value=YES, base=1)
    settle()
    grade = GoldGrade.objects.get()
    assert (grade.correct, grade.is_burnt) == (False, True)  # whoever was told is not tested again


@pytest.mark.parametrize("policy", ["never", "aggregated"])
def test_other_policies_tell_nothing_at_once(crowd: Crowd, policy: str) -> None:
    crowd.project.feedback = policy
    crowd.project.save()
    _gold(crowd)
    _answer_gold(crowd, 0, NO)
    settle()
    assert not Notice.objects.exists()


def test_aggregated_accuracy_comes_in_steps_and_an_hour_later(crowd: Crowd) -> None:
    crowd.project.feedback = "aggregated"
    person = crowd.people[0]
    for index in range(25):
        _gold(crowd, index)
        _answer_gold(crowd, index, YES if index else NO)
    settle()
    assert own_accuracy(crowd.project, person.pk).accuracy is None  # nothing is an hour old
    hour_ago = timezone.now() - timedelta(minutes=61)
    oldest = list(GoldGrade.objects.order_by("pk").values_list("pk", flat=True)[:19])
    GoldGrade.objects.filter(pk__in=oldest).update(graded_at=hour_ago)
    assert own_accuracy(crowd.project, person.pk).accuracy is None  # nineteen are too few
    GoldGrade.objects.update(graded_at=hour_ago)
    shown = own_accuracy(crowd.project, person.pk)
    assert (shown.graded, shown.accuracy) == (20, 0.95)  # the last five wait for the next step


def test_never_shows_nothing(crowd: Crowd) -> None:
    crowd.project.feedback = "never"
    assert own_accuracy(crowd.project, crowd.people[0].pk).accuracy is None


def test_gold_is_certain_for_the_inference(crowd: Crowd) -> None:
    _gold(crowd)
    for person in (0, 1):
        _answer_gold(crowd, 0, NO, person)
    settle()
    row = Consensus.objects.get(task=crowd.tasks[0])
    assert (row.value, row.majority, row.probability) == ("yes", "no", 1.0)
    full_run(crowd.project)
    assert Consensus.objects.get(task=crowd.tasks[0]).value == "yes"


def test_no_payload_of_an_annotator_knows_of_gold(crowd: Crowd) -> None:
    """The same keys and types for gold and work, and no word of it in any answer of the server."""
    crowd.project.gold_share = 0.5
    crowd.project.save()
    for index in range(15):
        _gold(crowd, index, explanation="canary-explanation")
    person = crowd.people[0]
    seen: dict[str, set[tuple[str, ...]]] = {"gold": set(), "work": set()}
    texts: list[str] = []
    for _ in range(12):
        drawn = api(person).post(f"/api/v1/projects/{crowd.project.pk}/next/", {"count": 1}, format="json")
        texts.append(drawn.content.decode())
        for row in drawn.json()["assignments"]:
            pool = QueueEntry.objects.get(task__assignments=row["id"]).pool
            done = api(person).post(
                f"/api/v1/assignments/{row['id']}/submit/",
                {"value": YES},
                format="json",
                headers={"Idempotency-Key": row["id"]},
            )
            shape = sorted((key, type(value).__name__) for key, value in row.items())
            answer_shape = sorted((key, type(value).__name__) for key, value in done.json().items())
            seen[pool].add(tuple(map(str, [*shape, *answer_shape, len(done.content)])))
            texts.append(done.content.decode())
        settle()
    assert seen["gold"]
    assert seen["work"]
    assert {shape[:-1] for shape in seen["gold"]} == {shape[:-1] for shape in seen["work"]}
    text = "".join(texts).lower()
    for word in ("gold", "canary", "truth", "expected", "control", "honeypot", "correct"):
        assert word not in text


def test_outbox_is_empty_after(crowd: Crowd) -> None:
    _gold(crowd)
    _answer_gold(crowd, 0, YES)
    settle()
    assert not OutboxEvent.objects.exists()
    assert outbox.drain() == 0
