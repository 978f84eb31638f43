"""Handing out work: what a person holds, topped up, and why there is nothing."""

import pytest

from annotate.models import Assignment, AssignmentState, QueueEntry
from tests.annotate.steps import answer, api, expire, hand_out, texts
from tests.world import World, make_project, make_tasks, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def test_it_works(world: World) -> None:
    make_tasks(world.project, ["a", "b"])
    response = api(world.ann).post(f"/api/v1/projects/{world.project.pk}/next/", {"count": 1}, format="json")
    assert response.status_code == 200, response.content
    body = response.json()
    assert [row["media"]["text"]["text"] for row in body["assignments"]] == ["a"]
    assert body["reason"] is None


def test_asking_again_gives_the_same(world: World) -> None:
    make_tasks(world.project, 10)
    first = hand_out(world.project, world.ann, 2)
    assert [row["id"] for row in hand_out(world.project, world.ann, 2)] == [row["id"] for row in first]


def test_topped_up_to_count_and_never_over_the_hold(world: World) -> None:
    make_tasks(world.project, 10)
    hand_out(world.project, world.ann, 1)
    assert len(hand_out(world.project, world.ann, 3)) == 3
    assert len(hand_out(world.project, world.ann, 50)) == world.project.hold_size


def test_no_more_people_than_wanted(world: World) -> None:
    make_tasks(world.project, ["a", "b"])
    assert texts(hand_out(world.project, world.ann, 2)) == ["a", "b"]
    assert hand_out(world.project, world.abe, 2) == []


def test_overlap_shares_tasks() -> None:
    world = make_world(overlap=2)
    make_tasks(world.project, ["a", "b"])
    for person in (world.ann, world.abe):
        assert texts(hand_out(world.project, person, 5)) == ["a", "b"]
    assert hand_out(world.project, world.rita, 5) == []


def test_an_answered_task_never_comes_back() -> None:
    world = make_world(overlap=3)
    make_tasks(world.project, ["a", "b", "c"])
    for expected in "abc":
        (row,) = hand_out(world.project, world.ann, 1)
        assert texts([row]) == [expected]
        answer(world.ann, row)
    assert hand_out(world.project, world.ann, 5) == []


def test_an_expired_lease_gives_the_slot_back(world: World) -> None:
    make_tasks(world.project, ["a"])
    (row,) = hand_out(world.project, world.ann, 1)
    assert hand_out(world.project, world.abe, 1) == []
    expire(row)
    assert texts(hand_out(world.project, world.abe, 1)) == ["a"]
    assert Assignment.objects.get(pk=row["id"]).state == AssignmentState.EXPIRED
    assert QueueEntry.objects.get().taken == 1


def test_an_expired_lease_may_come_back_to_the_same_person(world: World) -> None:
    make_tasks(world.project, ["a", "b"])
    (row,) = hand_out(world.project, world.ann, 1)
    expire(row)
    (again,) = hand_out(world.project, world.ann, 1)
    assert again["id"] == row["id"]


def test_reopened_tasks_come_first_for_everybody(world: World) -> None:
    make_tasks(world.project, ["a", "b", "c", "d"])
    first, _ = hand_out(world.project, world.ann, 2)
    assert texts(hand_out(world.project, world.abe, 1)) == ["c"]
    expire(first)
    assert texts(hand_out(world.project, world.abe, 2)) == ["c", "a"]


def test_asking_renews_what_is_held(world: World) -> None:
    make_tasks(world.project, 1)
    (row,) = hand_out(world.project, world.ann, 1)
    expire(row, minutes=-1)  # one minute left
    (again,) = hand_out(world.project, world.ann, 1)
    assert again["expires"] >= row["expires"]


REASONS = ["empty", "all_done", "waiting_for_others"]


def reason(world: World) -> dict[str, object]:
    url = f"/api/v1/projects/{world.project.pk}/next/"
    body = api(world.ann).post(url, {}, format="json").json()
    assert body["assignments"] == []
    return body["reason"]


def test_reason_empty(world: World) -> None:
    assert reason(world)["code"] == "empty"


def test_reason_all_done(world: World) -> None:
    make_tasks(world.project, 1)
    (row,) = hand_out(world.project, world.ann, 1)
    answer(world.ann, row)
    assert reason(world)["code"] == "all_done"


def test_reason_waiting_for_others(world: World) -> None:
    make_tasks(world.project, 1)
    hand_out(world.project, world.abe, 1)
    assert reason(world)["code"] == "waiting_for_others"


def test_reason_waiting_for_others_when_only_their_slots_are_left() -> None:
    world = make_world(overlap=2)
    make_tasks(world.project, 1)
    (row,) = hand_out(world.project, world.ann, 1)
    answer(world.ann, row)
    assert reason(world)["code"] == "waiting_for_others"


def test_reason_paused(world: World) -> None:
    make_tasks(world.project, 1)
    world.project.state, world.project.pause_reason = "paused", "New data on Monday"
    world.project.save()
    assert reason(world) == {"code": "paused", "text": "New data on Monday", "guideline_version": None}


def test_reason_person_paused(world: World) -> None:
    from projects.services.memberships import pause_member

    make_tasks(world.project, 1)
    membership = world.project.memberships.get(user=world.ann)
    pause_member(membership=membership, by=world.max, reason="Let us talk first")
    assert (reason(world)["code"], reason(world)["text"]) == ("person_paused", "Let us talk first")


def test_reason_guideline_until_it_was_read(world: World) -> None:
    from projects.services.guidelines import acknowledge_guideline, add_guideline

    make_tasks(world.project, 1)
    guideline = add_guideline(project=world.project, body="Be fair.", by=world.max)
    assert reason(world) == {"code": "guideline", "text": "", "guideline_version": guideline.version}
    acknowledge_guideline(guideline=guideline, user=world.ann)
    assert len(hand_out(world.project, world.ann, 1)) == 1


def test_reason_not_live(world: World) -> None:
    world.project.state = "draft"
    world.project.save()
    assert reason(world)["code"] == "not_live"


def test_a_stranger_gets_404(world: World) -> None:
    response = api(world.otto).post(f"/api/v1/projects/{world.project.pk}/next/", {}, format="json")
    assert response.status_code == 404


def test_unknown_fields_and_counts_are_refused(world: World) -> None:
    url = f"/api/v1/projects/{world.project.pk}/next/"
    for body in ({"cuont": 1}, {"count": 0}, {"count": 51}, {"count": "many"}):
        assert api(world.ann).post(url, body, format="json").status_code == 400


def test_projects_do_not_mix(world: World) -> None:
    other = make_project(world.organization, world.max, members={world.ann: "annotator"})
    make_tasks(world.project, ["ours"])
    make_tasks(other, ["theirs"])
    assert texts(hand_out(other, world.ann, 5)) == ["theirs"]


def test_queries_do_not_grow_with_count(world: World, django_assert_num_queries) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    make_tasks(world.project, 20)
    hand_out(world.project, world.rita, 1)  # caches of versions are warm from here on
    counts = []
    for person, count in ((world.ann, 1), (world.abe, 5)):
        client = api(person)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            client.post(f"/api/v1/projects/{world.project.pk}/next/", {"count": count}, format="json")
        counts.append(len(captured))
    assert counts[0] == counts[1], counts
