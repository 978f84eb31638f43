"""Answers: once, complete, never lost."""

import pytest
from django.db import DatabaseError, connection, transaction

from annotate.models import (
    Annotation,
    AnnotationVersion,
    Assignment,
    AssignmentState,
    Draft,
    OutboxEvent,
    QueueEntry,
)
from projects.models import TaskSummary
from projects.services.ontologies import add_ontology
from tests.annotate.steps import NEGATIVE, POSITIVE, answer, api, expire, hand_out, is_extra, submit, texts
from tests.world import SENTIMENT, World, make_tasks, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    world = make_world()
    make_tasks(world.project, ["a", "b", "c"])
    return world


def test_it_works(world: World) -> None:
    (row,) = hand_out(world.project, world.ann)
    response = submit(world.ann, row, POSITIVE, seconds=4.5, next=1)
    assert response.status_code == 201
    body = response.json()
    assert texts(body["assignments"]) == ["b"]
    assert set(body["annotation"]) == {"id", "assignment", "version", "created_at"}
    assert body["annotation"]["version"] == 1
    assert not is_extra(response)
    head = Annotation.objects.get()
    assert (head.value, head.seconds, head.user) == (POSITIVE, 4.5, world.ann)
    entry = QueueEntry.objects.get(pk=head.task_id)
    summary = TaskSummary.objects.get(pk=head.task_id)
    assert (entry.taken, entry.answered) == (1, 1)
    assert (summary.state, summary.answers) == ("answered", 1)
    assert Assignment.objects.get(pk=row["id"]).state == AssignmentState.SUBMITTED
    assert OutboxEvent.objects.get().kind == "submitted"


def test_a_repeat_returns_the_first_answer(world: World) -> None:
    (row,) = hand_out(world.project, world.ann)
    first = submit(world.ann, row, POSITIVE, key="k1")
    again = submit(world.ann, row, POSITIVE, key="k1")
    assert again.status_code == 201
    assert again.json()["annotation"] == first.json()["annotation"]
    assert AnnotationVersion.objects.count() == OutboxEvent.objects.count() == 1
    assert TaskSummary.objects.get(pk=Annotation.objects.get().task_id).answers == 1


def test_one_key_for_two_answers_is_refused_and_the_first_stays(world: World) -> None:
    (row,) = hand_out(world.project, world.ann)
    submit(world.ann, row, POSITIVE, key="k1")
    again = submit(world.ann, row, NEGATIVE, key="k1")
    assert (again.status_code, again.json()["error"]["code"]) == (422, "key_reused")
    assert Annotation.objects.get().value == POSITIVE


def test_another_key_for_an_answered_task_shows_what_is_there(world: World) -> None:
    (row,) = hand_out(world.project, world.ann)
    answer(world.ann, row)
    again = submit(world.ann, row, NEGATIVE)
    assert (again.status_code, again.json()["error"]["code"]) == (409, "already_submitted")
    assert again.json()["current"]["value"] == POSITIVE


def test_a_key_is_needed(world: World) -> None:
    (row,) = hand_out(world.project, world.ann)
    url = f"/api/v1/assignments/{row['id']}/submit/"
    response = api(world.ann).post(url, {"value": POSITIVE}, format="json")
    assert response.status_code == 400
    assert response.json()["error"]["fields"][0]["path"] == "Idempotency-Key"


@pytest.mark.parametrize("value", [{}, {"sentiment": "great"}, {"mood": "x"}, {"sentiment": None}])
def test_a_wrong_value_is_refused_with_its_path(world: World, value: object) -> None:
    (row,) = hand_out(world.project, world.ann)
    response = submit(world.ann, row, value)
    assert response.status_code == 400
    assert response.json()["error"]["fields"][0]["path"]
    assert not Annotation.objects.exists()
    assert Assignment.objects.get().state == AssignmentState.ACTIVE


@pytest.mark.parametrize("value", [[], "x", 1, None])
def test_a_value_that_is_no_object_is_refused(world: World, value: object) -> None:
    (row,) = hand_out(world.project, world.ann)
    url = f"/api/v1/assignments/{row['id']}/submit/"
    response = api(world.ann).post(url, {"value": value}, format="json", headers={"Idempotency-Key": "k"})
    assert response.status_code == 400


def test_others_assignments_do_not_exist(world: World) -> None:
    (row,) = hand_out(world.project, world.ann)
    for person in (world.abe, world.max, world.otto):
        assert submit(person, row).status_code == 404


def test_an_expired_lease_that_nobody_took_still_counts(world: World) -> None:
    (row,) = hand_out(world.project, world.ann)
    expire(row)
    assert not is_extra(submit(world.ann, row))


def test_a_late_answer_takes_a_free_slot_again(world: World) -> None:
    rows = hand_out(world.project, world.ann, 3)
    api(world.ann).post(f"/api/v1/assignments/{rows[0]['id']}/release/")
    assert not is_extra(submit(world.ann, rows[0]))
    entry = QueueEntry.objects.get(pk=Annotation.objects.get().task_id)
    assert (entry.taken, entry.answered) == (1, 1)


def test_a_late_answer_whose_slot_is_gone_is_kept_as_extra(world: World) -> None:
    rows = hand_out(world.project, world.ann, 3)
    for row in rows:
        expire(row)
    theirs = hand_out(world.project, world.abe, 3)
    late = submit(world.ann, rows[0])
    assert late.status_code == 201
    assert is_extra(late)
    head = Annotation.objects.get()
    assert head.is_extra
    summary = TaskSummary.objects.get(pk=head.task_id)
    assert (summary.answers, summary.extra, summary.state) == (0, 1, "open")
    answer(world.abe, next(row for row in theirs if texts([row]) == texts([rows[0]])))
    entry = QueueEntry.objects.get(pk=head.task_id)
    assert (entry.taken, entry.answered) == (1, 1)


def test_a_manager_takes_an_extra_answer_in(world: World) -> None:
    test_a_late_answer_whose_slot_is_gone_is_kept_as_extra(world)
    head = Annotation.objects.get(is_extra=True)
    url = f"/api/v1/annotations/{head.pk}/take-in/"
    assert api(world.rita).post(url).status_code == 403
    for _ in range(2):
        assert api(world.max).post(url).json()["extra"] is False
    summary = TaskSummary.objects.get(pk=head.task_id)
    assert (summary.answers, summary.extra) == (2, 0)


def test_whoever_began_under_an_ontology_finishes_under_it(world: World) -> None:
    (row,) = hand_out(world.project, world.ann)
    options = [{"name": "good"}, {"name": "bad"}]
    newer = {**SENTIMENT, "fields": [{**SENTIMENT["fields"][0], "options": options}]}
    add_ontology(project=world.project, definition=newer, by=world.max)
    head = Annotation.objects.get(pk=answer(world.ann, row, POSITIVE))
    assert head.versions.get().ontology.version == row["ontology_version"] == 1
    (fresh,) = hand_out(world.project, world.ann)
    assert fresh["ontology_version"] == 2


def test_versions_never_change(world: World) -> None:
    (row,) = hand_out(world.project, world.ann)
    answer(world.ann, row)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE annotate_annotationversion SET value = '{}'")
    with pytest.raises(DatabaseError), transaction.atomic():
        AnnotationVersion.objects.update(seconds=1)


def test_the_draft_goes_when_the_answer_comes(world: World) -> None:
    (row,) = hand_out(world.project, world.ann)
    api(world.ann).put(f"/api/v1/assignments/{row['id']}/draft/", {"value": POSITIVE}, format="json")
    answer(world.ann, row)
    assert not Draft.objects.exists()


@pytest.mark.parametrize(("given", "stored"), [(-5, 0.0), (1e9, 86_400.0), (2.5, 2.5)])
def test_working_time_is_clipped(world: World, given: float, stored: float) -> None:
    (row,) = hand_out(world.project, world.ann)
    submit(world.ann, row, seconds=given)
    assert Annotation.objects.get().seconds == stored


def test_work_in_hand_is_taken_also_from_a_paused_project(world: World) -> None:
    (row,) = hand_out(world.project, world.ann)
    world.project.state = "paused"
    world.project.save()
    response = submit(world.ann, row, next=2)
    assert response.status_code == 201
    assert (response.json()["assignments"], response.json()["reason"]["code"]) == ([], "paused")
