"""Answers that come while a worker is at their task, with those that it read before: none is forgotten."""

from collections.abc import Callable

import pytest
from django.db import transaction

from annotate import outbox
from annotate.states import lock_entries
from projects.models import TaskSummary
from quality.models import Consensus, StaleTask
from quality.services import quick
from quality.services.full_run import full_run
from quality.services.locks import TRUST, one_at_a_time
from quality.services.votes import mark_stale
from tests.annotate.test_overlap import run_all
from tests.concurrency.waiting import holding
from tests.quality.crowd import Crowd, answer, make_crowd, settle

pytestmark = pytest.mark.django_db(transaction=True)

YES = {"follows": "yes"}


@pytest.fixture
def crowd() -> Crowd:
    """Two tasks with an answer each, of two that they want."""
    crowd = make_crowd(2, 2, overlap=2)
    for task in crowd.tasks:
        answer(crowd.project, task, crowd.people[0], YES)
    return crowd


def test_an_answer_that_comes_while_its_task_is_judged(crowd: Crowd) -> None:
    def meanwhile() -> None:
        answer(crowd.project, crowd.tasks[1], crowd.people[1], YES)
        outbox.drain()

    outbox.drain()
    _while_the_first_is_held(crowd, lambda: quick.update_stale(crowd.project.pk), meanwhile)
    assert StaleTask.objects.count() == 1, "marks gather for a second: one by one they would cost too much"
    assert _judged(crowd) == 2


def test_a_mark_of_a_task_that_is_judged_waits_for_nobody(crowd: Crowd) -> None:
    """And is there when the worker is done with what it read."""

    def meanwhile() -> None:
        mark_stale(crowd.project.pk, [task.pk for task in crowd.tasks])
        marks.extend(StaleTask.objects.order_by("pk").values_list("pk", flat=True)[2:])

    marks: list[int] = []
    outbox.drain()
    with transaction.atomic():
        one_at_a_time(TRUST, crowd.project.pk)
        assert quick.update_stale(crowd.project.pk) == 2, "the lock is ours already"
        run_all([meanwhile])
        assert len(marks) == 2, "set while ours are judged and still there for others"
        transaction.set_rollback(True)
    assert StaleTask.objects.count() == 4
    settle()
    assert not StaleTask.objects.exists()


def test_what_was_judged_of_newer_answers_stands_when_a_full_run_comes_later(crowd: Crowd) -> None:
    def meanwhile() -> None:
        answer(crowd.project, crowd.tasks[1], crowd.people[1], YES)
        settle()
        assert _judged(crowd) == 2

    settle()
    Consensus.objects.all().delete()  # so that both tasks are news to the run
    _while_the_first_is_held(crowd, lambda: full_run(crowd.project), meanwhile)
    assert _judged(crowd) == 2
    assert TaskSummary.objects.get(pk=crowd.tasks[1].pk).state == "done"


def test_marked_tasks_are_left_while_somebody_else_is_at_the_trust(crowd: Crowd) -> None:
    outbox.drain()
    found: list[int] = []
    with transaction.atomic():
        one_at_a_time(TRUST, crowd.project.pk)
        run_all([lambda: found.append(quick.update_stale(crowd.project.pk))])
    assert found == [0]
    assert StaleTask.objects.count() == 2
    assert quick.update_stale(crowd.project.pk) == 2


def _judged(crowd: Crowd) -> int:
    """How many answers the second task's consensus stands on."""
    settle()
    return Consensus.objects.get(task_id=crowd.tasks[1].pk).answers


def _while_the_first_is_held(crowd: Crowd, work: Callable[[], object], meanwhile: Callable[[], None]) -> None:
    """Let it read both tasks' answers and wait for the first one's row until the other thing is done."""
    with holding(lambda: lock_entries([crowd.tasks[0].pk]), work):
        run_all([meanwhile])
