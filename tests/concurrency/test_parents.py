"""Locks on rows that others point at: who only writes such a row stops nobody from pointing at it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.errors import Conflict
from accounts.models import OrganizationMembership
from annotate import outbox
from annotate.models import Comment, CommentKind, QueueEntry
from annotate.services.comments import post_comment
from annotate.services.preferences import change_preferences
from annotate.services.publishing import publish_answer
from projects.jobs import JobContext, start_job
from projects.models import Job, JobError, Task
from projects.services.guidelines import add_guideline
from projects.services.projects import change_project, pause_project
from quality.models import GoldItem
from quality.services.qualification.course import begin_quiz
from quality.services.qualification.terms import set_use
from tests.annotate.test_overlap import run_all
from tests.concurrency.waiting import holding
from tests.quality.course import boss, make_course, practice
from tests.world import World, make_tasks, make_world

pytestmark = pytest.mark.django_db(transaction=True)

Work = Callable[[World], object]


def publish(world: World) -> object:
    """Write to a question and to the project; both have rows that point at them."""
    thread = Comment.objects.get()
    return publish_answer(project=world.project, thread=thread, section="So it is.", by=world.max)


def refuse_a_row(world: World) -> None:
    context = JobContext(Job.objects.get())
    context.errors([context.refused(1, "no")])


WRITES: dict[str, Work] = {
    "a guideline": lambda world: add_guideline(project=world.project, body="New.", by=world.max),
    "a pause": lambda world: pause_project(project=world.project, by=world.max, reason="Lunch."),
    "preferences": lambda world: change_preferences(user=world.ann, changes={"theme": "dark"}),
    "an answer to a question": publish,
    "a refused row": refuse_a_row,
}


def point_at_everything(world: World) -> None:
    """New rows that point at the project, at Ann, at the question and at the job, or none."""
    thread = Comment.objects.get()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '3s'")
        Task.objects.create(project=world.project, data={"text": "One more."})
        OrganizationMembership.objects.create(organization=world.other, user=world.ann)
        Comment.objects.create(
            project=world.project, task=thread.task, author=world.abe, body="Why?", thread=thread
        )
        JobError.objects.create(job=Job.objects.get(), row=2, message="no")


@pytest.mark.parametrize("name", WRITES)
def test_it_works(name: str) -> None:
    world = make_world()
    [task] = make_tasks(world.project, ["Is it fine?"])
    post_comment(task=task, by=world.ann, body="Is it?", kind=CommentKind.QUESTION)
    start_job(project=world.project, kind="import", by=world.max, params={})
    with transaction.atomic():
        WRITES[name](world)
        run_all([lambda: point_at_everything(world)])
    assert world.project.tasks.count() == 2
    assert JobError.objects.filter(row=2).exists()


def test_a_new_overlap_waits_for_tasks_that_come_in() -> None:
    """They were written with the old one: what brings tasks to the new one has to find them."""
    world = make_world(overlap=1)
    change: dict[str, Any] = {"project": world.project, "by": world.max, "settings": {"overlap": 3}}
    with holding(lambda: make_tasks(world.project, ["Coming in."]), lambda: change_project(**change)):
        pass
    outbox.drain()
    assert QueueEntry.objects.get().wanted == 3


def test_an_item_of_a_quiz_that_begins_is_not_hidden_meanwhile() -> None:
    crowd = make_course()
    practice(crowd)
    tasks = list(GoldItem.objects.filter(use="quiz").values_list("task_id", flat=True))
    hide: dict[str, Any] = {"project": crowd.project, "task_ids": tasks, "use": "hidden", "by": boss(crowd)}
    begin: dict[str, Any] = {"project": crowd.project, "user": crowd.people[0]}
    with (
        pytest.raises(Conflict, match="as hidden gold they would be known"),
        holding(lambda: begin_quiz(**begin), lambda: set_use(**hide)),
    ):
        pass
    assert set(GoldItem.objects.filter(task__in=tasks).values_list("use", flat=True)) == {"quiz"}
