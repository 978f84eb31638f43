"""Too hard for one, so it goes to an expert: first, alone, and at no cost to who said so."""

from typing import Any

import pytest
from django.utils import timezone

from accounts.errors import DomainError
from accounts.models import Departure, User
from annotate.models import Annotation, Assignment, AssignmentState, Drawn, Pool, QueueEntry
from annotate.outbox import drain
from annotate.services.experts import give_to_experts
from annotate.services.slots import resize_batch, set_pool
from annotate.task_actions import act_on
from projects.departures import put_aside
from projects.models import Membership, TaskState, TaskSummary
from projects.services.memberships import remove_member, set_expert
from tests.annotate.steps import POSITIVE, answer, api, expire, hand_out, is_extra, submit, texts
from tests.annotate.test_overlap import make_people, run_all
from tests.world import World, make_tasks, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    """Overlap 2, one skip blocks; Rita is the expert."""
    world = make_world(overlap=2, skip_limit=1)
    make_tasks(world.project, ["a", "b", "c"])
    make_expert(world, world.rita)
    return world


def make_expert(world: World, user: User, *, is_expert: bool = True) -> None:
    set_expert(membership=member(world, user), by=world.max, is_expert=is_expert)


def member(world: World, user: User) -> Membership:
    return world.project.memberships.get(user=user)


def too_hard(user: User, row: dict[str, Any]) -> None:
    """Say so."""
    url = f"/api/v1/assignments/{row['id']}/skip/"
    done = api(user).post(url, {"reason": "hard"}, format="json")
    assert done.status_code == 200, done.content


def entry_of(row: dict[str, Any]) -> QueueEntry:
    return QueueEntry.objects.get(task__assignments__id=int(row["id"]))


def state_of(row: dict[str, Any]) -> str:
    return TaskSummary.objects.get(task__assignments__id=int(row["id"])).state


def test_the_expert_gets_it_first_and_nobody_else_does(world: World) -> None:
    (row,) = hand_out(world.project, world.ann)
    too_hard(world.ann, row)
    assert "a" not in texts(hand_out(world.project, world.abe, 3))
    assert texts(hand_out(world.project, world.rita))[0] == "a"
    assert Assignment.objects.get(user=world.rita).drawn == Drawn.POLICY  # no fair sample of the work


def test_it_is_no_skip_of_the_task(world: World) -> None:
    (row,) = hand_out(world.project, world.ann)
    too_hard(world.ann, row)
    summary = TaskSummary.objects.get(task__assignments__id=int(row["id"]))
    assert (summary.state, summary.skips) == (TaskState.OPEN, 0)


def test_one_answer_of_an_expert_ends_it(world: World) -> None:
    (row,) = hand_out(world.project, world.ann)
    too_hard(world.ann, row)
    answer(world.rita, hand_out(world.project, world.rita)[0])
    assert state_of(row) != TaskState.OPEN
    assert entry_of(row).answered == entry_of(row).wanted == 1


def test_what_others_gave_or_hold_stays(world: World) -> None:
    (first,) = hand_out(world.project, world.abe)
    answer(world.abe, first)
    (row,) = hand_out(world.project, world.ann)
    assert texts([row]) == ["a"]
    too_hard(world.ann, row)
    assert (entry_of(row).taken, entry_of(row).wanted) == (1, 2)


def test_an_expert_gets_other_work_beside_it(world: World) -> None:
    (row,) = hand_out(world.project, world.ann)
    too_hard(world.ann, row)
    assert texts(hand_out(world.project, world.rita, 3)) == ["a", "b", "c"]


def test_without_an_expert_it_is_a_skip_like_others(world: World) -> None:
    make_expert(world, world.rita, is_expert=False)
    (row,) = hand_out(world.project, world.ann)
    too_hard(world.ann, row)
    assert state_of(row) == TaskState.BLOCKED


def test_a_paused_expert_is_none(world: World) -> None:
    world.project.memberships.filter(user=world.rita).update(paused_at=timezone.now())
    (row,) = hand_out(world.project, world.ann)
    too_hard(world.ann, row)
    assert not entry_of(row).for_experts


def test_what_no_expert_is_left_for_is_blocked(world: World) -> None:
    make_expert(world, world.abe)
    (row,) = hand_out(world.project, world.ann)
    too_hard(world.ann, row)
    for expert, state in ((world.rita, TaskState.OPEN), (world.abe, TaskState.BLOCKED)):
        world.project.__class__.objects.filter(pk=world.project.pk).update(skip_limit=10)
        (held,) = hand_out(world.project, expert)
        assert texts([held]) == ["a"]
        too_hard(expert, held)
        assert state_of(row) == state


def test_a_late_answer_of_another_does_not_take_the_experts_place(world: World) -> None:
    (late,) = hand_out(world.project, world.abe)
    expire(late)
    (row,) = hand_out(world.project, world.ann)
    assert texts([row]) == texts([late])
    too_hard(world.ann, row)
    assert is_extra(submit(world.abe, late))
    assert state_of(row) == TaskState.OPEN


def test_an_experts_late_answer_counts(world: World) -> None:
    (row,) = hand_out(world.project, world.ann)
    too_hard(world.ann, row)
    (held,) = hand_out(world.project, world.rita)
    expire(held)
    hand_out(world.project, world.abe)  # takes back what ran out
    assert not is_extra(submit(world.rita, held))


def test_a_draft_does_not_take_the_experts_place(world: World) -> None:
    (late,) = hand_out(world.project, world.abe)
    expire(late)
    (row,) = hand_out(world.project, world.ann)
    too_hard(world.ann, row)
    url = f"/api/v1/assignments/{late['id']}/draft/"
    assert api(world.abe).put(url, {"value": POSITIVE, "base": 0}, format="json").status_code == 200
    assert entry_of(row).taken == 0


def test_hidden_gold_stays_gold(world: World) -> None:
    (row,) = hand_out(world.project, world.ann)
    task = entry_of(row).pk
    set_pool(project_id=world.project.pk, task_ids=[task], pool=Pool.GOLD)
    Assignment.objects.filter(pk=int(row["id"])).update(drawn=Drawn.GOLD, holds_slot=False)
    too_hard(world.ann, row)
    entry = QueueEntry.objects.get(pk=task)
    assert (entry.pool, entry.for_experts) == (Pool.GOLD, False)


def test_more_overlap_asks_no_more_experts(world: World) -> None:
    (row,) = hand_out(world.project, world.ann)
    too_hard(world.ann, row)
    world.project.overlap = 5
    resize_batch(project=world.project, after=0)
    assert entry_of(row).wanted == 1


def both_hold_the_first(world: World) -> tuple[dict[str, Any], dict[str, Any]]:
    """Abe has it in hand, Ann found it too hard; both leases."""
    (abes,) = hand_out(world.project, world.abe)
    (anns,) = hand_out(world.project, world.ann)
    assert texts([abes]) == texts([anns])
    too_hard(world.ann, anns)
    return abes, anns


def test_what_another_let_go_meanwhile_asks_no_second_expert(world: World) -> None:
    abes, row = both_hold_the_first(world)
    assert api(world.abe).post(f"/api/v1/assignments/{abes['id']}/release/").status_code == 204
    answer(world.rita, hand_out(world.project, world.rita)[0])
    assert state_of(row) != TaskState.OPEN
    assert (entry_of(row).answered, entry_of(row).taken, entry_of(row).wanted) == (1, 1, 1)


def test_who_has_it_in_hand_may_still_answer_after_the_expert(world: World) -> None:
    abes, row = both_hold_the_first(world)
    answer(world.rita, hand_out(world.project, world.rita)[0])
    assert state_of(row) == TaskState.OPEN
    assert not is_extra(submit(world.abe, abes))
    assert state_of(row) != TaskState.OPEN
    assert (entry_of(row).answered, entry_of(row).taken, entry_of(row).wanted) == (2, 2, 2)


def test_a_place_that_is_let_go_after_the_experts_answer_waits_for_no_expert(world: World) -> None:
    abes, row = both_hold_the_first(world)
    answer(world.rita, hand_out(world.project, world.rita)[0])
    api(world.abe).post(f"/api/v1/assignments/{abes['id']}/release/")
    assert not entry_of(row).for_experts
    assert "a" in texts(hand_out(world.project, world.abe, 3))


def test_an_answer_of_others_leaves_it_with_experts(world: World) -> None:
    abes, row = both_hold_the_first(world)
    answer(world.abe, abes)
    assert (entry_of(row).for_experts, entry_of(row).answered, entry_of(row).wanted) == (True, 1, 2)
    assert texts(hand_out(world.project, world.rita))[0] == "a"


@pytest.mark.parametrize("way", ["no longer", "removed", "left the organization"])
def test_when_the_last_expert_goes_everybody_gets_it(world: World, way: str) -> None:
    (row,) = hand_out(world.project, world.ann)
    too_hard(world.ann, row)
    if way == "removed":
        remove_member(membership=member(world, world.rita), by=world.max)
    elif way == "left the organization":
        put_aside(Departure(organization=world.organization, user=world.rita, kept={}))
    else:
        make_expert(world, world.rita, is_expert=False)
    drain()
    assert (entry_of(row).for_experts, entry_of(row).wanted) == (False, 2)
    assert "a" in texts(hand_out(world.project, world.abe, 3))


def test_while_an_expert_is_left_it_waits(world: World) -> None:
    make_expert(world, world.abe)
    (row,) = hand_out(world.project, world.ann)
    too_hard(world.ann, row)
    make_expert(world, world.rita, is_expert=False)
    drain()
    assert entry_of(row).for_experts


def test_what_is_closed_is_not_kept_for_experts(world: World) -> None:
    task = QueueEntry.objects.earliest("pk").pk
    for person in (world.ann, world.abe):
        answer(person, hand_out(world.project, person)[0])
    assert give_to_experts(project_id=world.project.pk, task_ids=[task]) == 0


def test_a_manager_keeps_tasks_for_experts_and_takes_it_back(world: World) -> None:
    ids = list(QueueEntry.objects.order_by("pk").values_list("pk", flat=True))
    outcome = act_on(project=world.project, action="experts", task_ids=ids[:2], by=world.max)
    assert outcome.changed == 2
    found = api(world.max).get(f"/api/v1/projects/{world.project.pk}/tasks/?experts=1").json()["results"]
    assert sorted(int(one["task"]) for one in found) == ids[:2]
    assert texts(hand_out(world.project, world.ann, 3)) == ["c"]
    back = outcome.undo[0]
    act_on(
        project=world.project,
        action=back["action"],
        task_ids=[int(one) for one in back["tasks"]],
        by=world.max,
    )
    assert not QueueEntry.objects.filter(for_experts=True).exists()
    assert set(QueueEntry.objects.values_list("wanted", flat=True)) == {2}
    assert len(hand_out(world.project, world.ann, 3)) == 3


def test_nothing_is_kept_for_experts_where_there_are_none(world: World) -> None:
    make_expert(world, world.rita, is_expert=False)
    ids = list(QueueEntry.objects.values_list("pk", flat=True))
    with pytest.raises(DomainError, match="Nobody here is an expert"):
        act_on(project=world.project, action="experts", task_ids=ids, by=world.max)


def test_experts_are_made_over_the_api(world: World) -> None:
    members = f"/api/v1/projects/{world.project.pk}/members/"
    url = f"{members}{member(world, world.abe).pk}/expert/"
    made = api(world.max).post(url, {"is_expert": True}, format="json")
    assert (made.status_code, made.json()["is_expert"]) == (200, True)
    assert {one["email"] for one in api(world.max).get(members).json()["results"] if one["is_expert"]} == {
        "abe@example.org",
        "rita@example.org",
    }
    assert api(world.ann).post(url, {"is_expert": False}, format="json").status_code == 403
    assert api(world.max).post(url, {"is_expert": "perhaps"}, format="json").status_code == 400


@pytest.mark.django_db(transaction=True)
def test_many_experts_at_once_answer_each_task_once() -> None:
    world = make_world(overlap=3)
    make_tasks(world.project, [f"text {number}" for number in range(30)])
    experts = make_people(world, 8)
    Membership.objects.filter(user__in=experts).update(is_expert=True)
    ids = list(QueueEntry.objects.values_list("pk", flat=True))
    give_to_experts(project_id=world.project.pk, task_ids=ids)

    def labor(person: User) -> None:
        while rows := hand_out(world.project, person, 2):
            for row in rows:
                answer(person, row)

    run_all([lambda person=person: labor(person) for person in experts])
    assert Annotation.objects.count() == 30
    assert not Annotation.objects.filter(is_extra=True).exists()
    assert not QueueEntry.objects.exclude(taken=1, answered=1, wanted=1).exists()
    assert not Assignment.objects.exclude(state=AssignmentState.SUBMITTED).exists()
