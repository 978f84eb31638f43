"""Dynamic overlap on real rows: who is asked once more, when, and what must not happen."""

from collections.abc import Sequence

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotate.models import Annotation, Assignment, Drawn, QueueEntry, ReviewEntry, ReviewReason
from annotate.services import slots
from annotate.services.corrections import correct
from annotate.services.discards import discard_answers, restore_answers
from annotate.services.held import skip
from annotate.services.queue import draw
from annotate.services.reviews import Judgement, give_verdict, request_review
from annotate.services.submit import submit
from annotate.services.undo import undo_verdict
from labeltypes.base import JsonObject
from projects.access.doors import find_project
from projects.models import Membership, Project, Role, TaskSummary
from projects.services.projects import change_project
from quality.models import OneMore
from quality.services import quick
from quality.services.at_once import read_at_once
from quality.services.fields import asked_fields, ontology_for
from quality.services.full_run import full_run
from quality.services.gold import make_gold
from quality.services.votes import mark_stale
from quality.services.writing import write_results
from tests.quality.crowd import YES_NO, Crowd, answer, give, make_crowd, settle, write_all

pytestmark = pytest.mark.django_db

YES: JsonObject = {"follows": "yes"}
NO: JsonObject = {"follows": "no"}
# Of votes alone: two equal answers are 0.875 sure, two against one 0.6875, three against one 0.8125.
PLAN = {"overlap": 2, "dynamic_overlap": True, "overlap_max": 4, "overlap_until": 0.8}


@pytest.fixture
def crowd() -> Crowd:
    return make_crowd(6, 2, **PLAN)


def answered(crowd: Crowd, values: Sequence[JsonObject], first: int = 0) -> list[int]:
    """The first task answered by one person after the other, with what follows from it."""
    ids = []
    for person, value in zip(crowd.people[first:], values, strict=False):
        ids.append(answer(crowd.project, crowd.tasks[0], person, value))
        settle()
    return ids


def entry(crowd: Crowd) -> QueueEntry:
    return QueueEntry.objects.get(pk=crowd.tasks[0].pk)


def state(crowd: Crowd) -> str:
    return str(TaskSummary.objects.get(task=crowd.tasks[0]).state)


def change(crowd: Crowd, **settings: object) -> Project:
    manager = Membership.objects.get(project=crowd.project, role=Role.MANAGER).user
    crowd.project = change_project(project=crowd.project, by=manager, settings=settings)
    settle()
    return crowd.project


def test_it_works(crowd: Crowd) -> None:
    """Two who agree are enough; two who differ are not, and a third decides whether a fourth is asked."""
    answered(crowd, [YES, YES])
    assert (state(crowd), entry(crowd).wanted) == ("done", 2)

    task, people = crowd.tasks[1], crowd.people
    answer(crowd.project, task, people[0], YES)
    answer(crowd.project, task, people[1], NO)
    assert TaskSummary.objects.get(task=task).state == "answered", "not done before it was judged"
    settle()
    assert TaskSummary.objects.get(task=task).state == "open"
    row = OneMore.objects.get()
    assert (row.task_id, row.answers, row.field, row.basis) == (task.pk, 2, "follows", "votes")
    assert row.certainty == pytest.approx(0.5)
    answer(crowd.project, task, people[2], YES)
    settle()
    assert QueueEntry.objects.get(pk=task.pk).wanted == 4, "0.6875 is less than 0.8"
    answer(crowd.project, task, people[3], NO)
    settle()
    assert QueueEntry.objects.get(pk=task.pk).wanted == 4, "never more than the maximum"
    assert TaskSummary.objects.get(task=task).state == "review", "people still differ: a reviewer decides"


def test_twice_changes_nothing(crowd: Crowd) -> None:
    answered(crowd, [YES, NO])
    before = entry(crowd)
    for _ in range(2):
        full_run(crowd.project)
        mark_stale(crowd.project.pk, [crowd.tasks[0].pk])
        settle()
    after = entry(crowd)
    assert (before.wanted, before.taken) == (after.wanted, after.taken) == (3, 2)
    assert state(crowd) == "open"
    assert OneMore.objects.count() == 1


def test_the_third_person_gets_the_task_and_nobody_else(crowd: Crowd) -> None:
    slots.archive(project_id=crowd.project.pk, task_ids=[crowd.tasks[1].pk])
    answered(crowd, [YES, NO])
    third, fourth = (find_project(person, crowd.project.pk) for person in crowd.people[2:4])
    assert [row.task_id for row in draw(third, 5).assignments] == [crowd.tasks[0].pk]
    assert draw(fourth, 5).assignments == []


def test_a_reviewer_is_asked_only_when_nobody_more_is(crowd: Crowd) -> None:
    answered(crowd, [YES, NO])
    assert not ReviewEntry.objects.exists()
    answered(crowd, [YES, NO], first=2)
    assert ReviewEntry.objects.get().reason == "low_agreement"


def test_a_skip_leaves_the_slot_to_somebody_else(crowd: Crowd) -> None:
    answered(crowd, [YES, NO])
    lease = give(crowd.project, crowd.tasks[0], crowd.people[2])
    skip(assignment=lease, project=crowd.project, reason="other")
    settle()
    assert (entry(crowd).wanted, entry(crowd).taken, state(crowd)) == (3, 2, "open")
    answered(crowd, [YES], first=3)
    assert entry(crowd).answered == 3


def test_an_answer_that_comes_too_late_opens_nothing(crowd: Crowd) -> None:
    """Its slot went to others: it is kept apart and counts neither for the rule nor for the maximum."""
    lease = give(crowd.project, crowd.tasks[0], crowd.people[5])
    Assignment.objects.filter(pk=lease.pk).update(holds_slot=False, state="expired")
    QueueEntry.objects.filter(pk=crowd.tasks[0].pk).update(taken=0)
    answered(crowd, [YES, YES])
    late = submit(
        assignment=Assignment.objects.select_related("task").get(pk=lease.pk), value=NO, seconds=1, key="late"
    )
    settle()
    assert late.annotation.is_extra
    assert (entry(crowd).wanted, entry(crowd).taken, state(crowd)) == (2, 2, "done")


def test_a_correction_takes_an_unused_slot_back(crowd: Crowd) -> None:
    _, second = answered(crowd, [YES, NO])
    head = Annotation.objects.get(pk=second)
    correct(annotation=head, project=crowd.project, value=YES, base=1)
    settle()
    assert (entry(crowd).wanted, state(crowd)) == (2, "done")
    correct(annotation=Annotation.objects.get(pk=second), project=crowd.project, value=NO, base=2)
    settle()
    assert (entry(crowd).wanted, state(crowd)) == (3, "open"), "and the next one opens it again"


def test_a_slot_that_somebody_holds_stays(crowd: Crowd) -> None:
    _, second = answered(crowd, [YES, NO])
    give(crowd.project, crowd.tasks[0], crowd.people[2])
    correct(annotation=Annotation.objects.get(pk=second), project=crowd.project, value=YES, base=1)
    settle()
    assert (entry(crowd).wanted, entry(crowd).taken, state(crowd)) == (3, 3, "open")


def test_discarded_answers_are_asked_for_again_and_never_beyond_the_maximum(crowd: Crowd) -> None:
    answered(crowd, [YES, NO, YES])
    manager = Membership.objects.get(project=crowd.project, role=Role.MANAGER).user
    discard_answers(project=crowd.project, user=crowd.people[1], by=manager)
    settle()
    assert (entry(crowd).answered, state(crowd)) == (2, "done"), "the two that are left agree"
    assert entry(crowd).wanted == 2
    restore_answers(project=crowd.project, user=crowd.people[1], by=manager)
    settle()
    assert entry(crowd).taken <= entry(crowd).wanted <= 4
    assert Annotation.objects.get(user=crowd.people[1]).is_extra, "its slot is gone"


def test_what_a_manager_asked_for_beyond_stays(crowd: Crowd) -> None:
    answered(crowd, [YES, YES])
    slots.requeue(project_id=crowd.project.pk, task_ids=[crowd.tasks[0].pk], more=2)
    answered(crowd, [YES], first=2)
    assert (entry(crowd).wanted, state(crowd)) == (4, "open")


def test_gold_has_no_slots_to_open(crowd: Crowd) -> None:
    manager = Membership.objects.get(project=crowd.project, role=Role.MANAGER).user
    make_gold(project=crowd.project, task=crowd.tasks[0], answers=[YES], by=manager)
    for person, value in zip(crowd.people, (YES, NO, NO), strict=False):
        answer(crowd.project, crowd.tasks[0], person, value, drawn=Drawn.GOLD)
    settle()
    assert (entry(crowd).wanted, OneMore.objects.count()) == (2, 0)


def test_archived_tasks_wait_and_are_judged_when_they_return(crowd: Crowd) -> None:
    task = crowd.tasks[0]
    answer(crowd.project, task, crowd.people[0], YES)
    answer(crowd.project, task, crowd.people[1], NO)
    slots.archive(project_id=crowd.project.pk, task_ids=[task.pk])
    settle()
    assert (entry(crowd).wanted, state(crowd)) == (2, "archived")
    slots.restore(project_id=crowd.project.pk, task_ids=[task.pk])
    settle()
    assert (entry(crowd).wanted, state(crowd)) == (3, "open")


def test_what_a_reviewer_settles_is_settled_until_it_is_undone(crowd: Crowd) -> None:
    manager = Membership.objects.get(project=crowd.project, role=Role.MANAGER).user
    first = answer(crowd.project, crowd.tasks[0], crowd.people[0], YES)
    answer(crowd.project, crowd.tasks[0], crowd.people[1], NO)
    request_review(annotation=Annotation.objects.get(pk=first), reason=ReviewReason.REQUESTED)
    settle()
    assert (entry(crowd).wanted, state(crowd)) == (2, "review"), "somebody is looking at it"
    head = Annotation.objects.get(pk=first)
    review = give_verdict(annotation=head, project=crowd.project, by=manager, judgement=Judgement("accept"))
    settle()
    assert (entry(crowd).wanted, state(crowd)) == (2, "done")
    undo_verdict(review=review, by_id=manager.pk, is_manager=True)
    settle()
    assert (entry(crowd).wanted, state(crowd)) == (2, "review")


def test_changed_settings_reach_every_task_in_both_directions(crowd: Crowd) -> None:
    answered(crowd, [YES, YES])
    change(crowd, overlap_until=0.9)
    assert (entry(crowd).wanted, state(crowd)) == (3, "open"), "0.875 is no longer enough"
    change(crowd, overlap_until=0.8)
    assert (entry(crowd).wanted, state(crowd)) == (2, "done")
    change(crowd, overlap_until=0.9)
    change(crowd, overlap_max=2)
    assert (entry(crowd).wanted, state(crowd)) == (2, "done"), "nobody more may be asked"
    change(crowd, overlap_max=4)
    assert entry(crowd).wanted == 3
    change(crowd, dynamic_overlap=False)
    assert (entry(crowd).wanted, state(crowd)) == (2, "done")
    assert not OneMore.objects.filter(standing=True).exists()
    change(crowd, overlap=3)
    assert (entry(crowd).wanted, state(crowd)) == (3, "open")


def test_nobody_is_asked_where_one_more_is_not_worth_it() -> None:
    """Two people who are right nine times of ten differ: a third settles it, but not for every price."""
    crowd = make_crowd(6, 41, **PLAN, review_below_agreement=0)
    past = [(task, (2 * task + second) % 6) for task in range(1, 41) for second in range(2)]
    write_all(
        crowd, [(task, who, YES if (task % 2 == 0) != ((task + who) % 10 == 0) else NO) for task, who in past]
    )
    full_run(crowd.project)
    answered(crowd, [YES, NO])
    assert OneMore.objects.filter(task=crowd.tasks[0]).values_list("basis", flat=True).get() == "model"
    assert (entry(crowd).wanted, state(crowd)) == (3, "open")
    change(crowd, overlap_worth=0.5)
    assert (entry(crowd).wanted, state(crowd)) == (2, "done"), "nothing brings that much"
    change(crowd, overlap_worth=0.02)
    assert (entry(crowd).wanted, state(crowd)) == (3, "open")


def test_answers_that_changed_since_they_were_read_decide_nothing(crowd: Crowd) -> None:
    """A slow update that read two answers who differ must not act after a third one came."""
    task = crowd.tasks[0]
    answered(crowd, [YES, NO])
    ontology = ontology_for(crowd.project)
    assert ontology is not None
    seen = read_at_once(crowd.project, ontology, asked_fields(crowd.project), [task.pk])
    results = quick.merge_tasks(crowd.project, ontology, seen.answers, seen.known)
    answer(crowd.project, task, crowd.people[2], YES)
    write_results(crowd.project, results, seen.answers)
    assert (entry(crowd).wanted, state(crowd)) == (3, "answered")
    settle()
    assert entry(crowd).wanted == 4, "the update that knows all three asks"


def test_only_fields_that_must_be_answered_count_unless_one_is_chosen() -> None:
    fields = [
        *YES_NO["fields"],  # type: ignore[misc]
        {"name": "tone", "type": "choice", "options": ["warm", "cold"]},
    ]
    crowd = make_crowd(6, 2, ontology=YES_NO | {"fields": fields}, **PLAN, review_below_agreement=0)
    answered(crowd, [YES | {"tone": "warm"}, YES | {"tone": "cold"}])
    assert entry(crowd).wanted == 2
    change(crowd, overlap_field="tone")
    assert entry(crowd).wanted == 3
    assert OneMore.objects.get().field == "tone"


def test_a_task_of_which_the_chosen_field_was_not_asked_wants_nobody_more() -> None:
    fields = [
        *YES_NO["fields"],  # type: ignore[misc]
        {"name": "why", "type": "text", "show_if": {"follows": ["yes"]}},
    ]
    crowd = make_crowd(6, 2, ontology=YES_NO | {"fields": fields}, **PLAN, overlap_field="why")
    answered(crowd, [NO, NO])
    assert (entry(crowd).wanted, state(crowd)) == (2, "done")


def test_it_costs_three_statements_a_batch_and_none_where_it_is_off() -> None:
    counts = []
    for dynamic in (False, True):
        crowd = make_crowd(3, 2, **PLAN | {"dynamic_overlap": dynamic}, name=f"Crowd {dynamic}")
        answered(crowd, [YES, YES])
        mark_stale(crowd.project.pk, [crowd.tasks[0].pk])
        with CaptureQueriesContext(connection) as queries:
            quick.update_stale(crowd.project.pk)
        counts.append(len(queries))
    assert counts == [4, 8], "three, and a look at what is locked before it is written"


def test_once_there_is_a_model_its_probability_decides(crowd: Crowd) -> None:
    answered(crowd, [YES, YES])
    full_run(crowd.project)
    answer(crowd.project, crowd.tasks[1], crowd.people[0], YES)
    answer(crowd.project, crowd.tasks[1], crowd.people[1], NO)
    settle()
    assert OneMore.objects.get().basis == "model"
