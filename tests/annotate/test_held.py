"""Drafts, skips, releases."""

import pytest

from annotate.models import Assignment, AssignmentState, Draft, QueueEntry, Skip
from projects.models import TaskSummary
from tests.annotate.steps import NEGATIVE, POSITIVE, answer, api, expire, hand_out, submit, texts
from tests.world import World, make_tasks, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    world = make_world(overlap=2, skip_limit=2)
    make_tasks(world.project, ["a", "b"])
    return world


def draft(user, row, value, base=0):
    url = f"/api/v1/assignments/{row['id']}/draft/"
    return api(user).put(url, {"value": value, "base": base}, format="json")


def skip(user, row, reason="unclear", **more):
    url = f"/api/v1/assignments/{row['id']}/skip/"
    return api(user).post(url, {"reason": reason, **more}, format="json")


def test_it_works(world: World) -> None:
    (row,) = hand_out(world.project, world.ann)
    expire(row, minutes=-1)
    saved = draft(world.ann, row, {"sentiment": "positive"})
    assert saved.status_code == 200, saved.content
    assert saved.json()["draft"]["revision"] == 1
    assert saved.json()["expires"] > row["expires"][:17]
    (again,) = hand_out(world.project, world.ann)
    assert again["draft"]["value"] == POSITIVE


def test_a_draft_may_be_unfinished(world: World) -> None:
    (row,) = hand_out(world.project, world.ann)
    assert draft(world.ann, row, {}).status_code == 200


def test_a_second_tab_is_shown_the_newer_draft(world: World) -> None:
    (row,) = hand_out(world.project, world.ann)
    draft(world.ann, row, POSITIVE)
    conflict = draft(world.ann, row, NEGATIVE, base=0)
    assert (conflict.status_code, conflict.json()["current"]["value"]) == (409, POSITIVE)
    assert draft(world.ann, row, NEGATIVE, base=1).json()["draft"]["revision"] == 2


def test_a_draft_sent_twice_is_no_conflict(world: World) -> None:
    (row,) = hand_out(world.project, world.ann)
    for _ in range(2):
        assert draft(world.ann, row, POSITIVE, base=0).json()["draft"]["revision"] == 1


def test_a_draft_survives_its_lease(world: World) -> None:
    rows = hand_out(world.project, world.ann, 2)
    draft(world.ann, rows[0], POSITIVE)
    for row in rows:
        expire(row)
    for person in (world.abe, world.rita):
        hand_out(world.project, person, 2)
    late = draft(world.ann, rows[0], NEGATIVE, base=1)
    assert late.status_code == 200
    assert late.json()["expires"] > row["expires"][:17]  # gold, whose slots never go, would be told a time
    assert Draft.objects.get().value == NEGATIVE


def test_a_draft_takes_up_a_lease_again_while_the_slot_is_free(world: World) -> None:
    (row,) = hand_out(world.project, world.ann)
    api(world.ann).post(f"/api/v1/assignments/{row['id']}/release/")
    assert draft(world.ann, row, POSITIVE).json()["expires"] is not None
    assert Assignment.objects.get(pk=row["id"]).state == AssignmentState.ACTIVE
    assert QueueEntry.objects.get(pk=Assignment.objects.get().task_id).taken == 1


def test_no_draft_of_an_answered_task(world: World) -> None:
    (row,) = hand_out(world.project, world.ann)
    answer(world.ann, row)
    assert draft(world.ann, row, POSITIVE).status_code == 409


def test_skipping_excludes_and_returns_the_slot(world: World) -> None:
    (row,) = hand_out(world.project, world.ann)
    response = skip(world.ann, row, comment="What is this?", next=5)
    assert texts(response.json()["assignments"]) == ["b"]
    assert Skip.objects.get().comment == "What is this?"
    assert QueueEntry.objects.get(pk=Skip.objects.get().task_id).taken == 0
    assert texts(hand_out(world.project, world.abe, 5)) == ["a", "b"]


def test_skipping_twice_is_skipping_once(world: World) -> None:
    (row,) = hand_out(world.project, world.ann)
    for _ in range(2):
        assert skip(world.ann, row).status_code == 200
    assert Skip.objects.count() == 1
    assert TaskSummary.objects.get(pk=Skip.objects.get().task_id).skips == 1


def test_enough_people_who_skip_block_the_task(world: World) -> None:
    for person in (world.ann, world.abe):
        (row,) = hand_out(world.project, person)
        skip(person, row)
    blocked = TaskSummary.objects.get(state="blocked")
    assert blocked.skips == 2
    assert not QueueEntry.objects.get(pk=blocked.pk).is_open
    assert texts(hand_out(world.project, world.rita, 5)) == ["b"]


def test_a_skip_needs_a_known_reason(world: World) -> None:
    (row,) = hand_out(world.project, world.ann)
    assert skip(world.ann, row, reason="bored").status_code == 400


def test_no_skip_after_an_answer_and_no_answer_after_a_skip(world: World) -> None:
    first, second = hand_out(world.project, world.ann, 2)
    answer(world.ann, first)
    assert skip(world.ann, first).status_code == 409
    skip(world.ann, second)
    assert submit(world.ann, second).json()["error"]["code"] == "skipped"


def test_release_gives_back_and_keeps_the_draft(world: World) -> None:
    (row,) = hand_out(world.project, world.ann)
    draft(world.ann, row, POSITIVE)
    for _ in range(2):
        assert api(world.ann).post(f"/api/v1/assignments/{row['id']}/release/").status_code == 204
    (again,) = hand_out(world.project, world.ann)
    assert (again["id"], again["draft"]["value"]) == (row["id"], POSITIVE)


def test_pausing_a_person_frees_what_they_hold(world: World) -> None:
    from annotate.models import Notice
    from projects.services.memberships import pause_member, resume_member

    hand_out(world.project, world.ann, 2)
    membership = world.project.memberships.get(user=world.ann)
    pause_member(membership=membership, by=world.max, reason="A word first")
    assert set(QueueEntry.objects.values_list("taken", flat=True)) == {0}
    resume_member(membership=membership, by=world.max)
    kinds = Notice.objects.filter(user=world.ann).order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["paused", "resumed"]
    assert len(hand_out(world.project, world.ann, 2)) == 2


def test_others_assignments_do_not_exist(world: World) -> None:
    (row,) = hand_out(world.project, world.ann)
    assert draft(world.abe, row, POSITIVE).status_code == 404
    assert skip(world.abe, row).status_code == 404
    assert api(world.abe).post(f"/api/v1/assignments/{row['id']}/release/").status_code == 404
