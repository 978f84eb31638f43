"""Many review requests at once do what they do one by one."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from annotate.models import Annotation, ReviewEntry, ReviewReason
from annotate.services.review_requests import ReviewRequest, request_reviews
from annotate.services.reviews import Judgement, give_verdict, request_review
from projects.models import TaskSummary
from tests.annotate.steps import answer, hand_out
from tests.world import World, make_tasks, make_world

pytestmark = pytest.mark.django_db
LOW = ReviewReason.LOW_AGREEMENT


def made(world: World, tasks: int) -> list[Annotation]:
    """Ann's and Abe's answers to so many tasks."""
    make_tasks(world.project, tasks)
    ids = [
        answer(person, hand_out(world.project, person)[0])
        for _ in range(tasks)
        for person in (world.ann, world.abe)
    ]
    return list(Annotation.objects.filter(pk__in=ids).order_by("pk"))


def outcome() -> Any:
    """Who waits for what, and the state of every task."""
    rows = ReviewEntry.objects.filter(closed_at=None).order_by("annotation")
    return (
        list(rows.values_list("annotation", "task", "author", "reason", "detail")),
        list(TaskSummary.objects.order_by("pk").values_list("pk", "state", "done_at")),
    )


def tried(act: Callable[[], object]) -> Any:
    """What comes of this; afterwards it is as if it had not been."""
    with transaction.atomic():
        act()
        found = outcome()
        transaction.set_rollback(True)
    return found


def test_it_does_what_single_requests_do() -> None:
    """Answers that are fresh, sent back, set aside, a fix, judged, waiting; tasks open, done, settled."""
    world = make_world(overlap=2)
    heads = made(world, 8)
    accept, reject = Judgement(verdict="accept"), Judgement(verdict="reject", code="wrong")
    give_verdict(annotation=heads[0], project=world.project, by=world.rita, judgement=reject)
    Annotation.objects.filter(pk=heads[2].pk).update(discarded_at=timezone.now())
    Annotation.objects.filter(pk=heads[4].pk).update(is_fix=True)
    give_verdict(annotation=heads[6], project=world.project, by=world.rita, judgement=accept)
    request_review(annotation=heads[8], reason=ReviewReason.REQUESTED)
    TaskSummary.objects.filter(pk=heads[10].task_id).update(state="done", source="consensus")
    TaskSummary.objects.filter(pk=heads[12].task_id).update(state="done", source="adjudication")
    TaskSummary.objects.filter(pk=heads[14].task_id).update(state="blocked")
    asked = [ReviewRequest(head.pk, LOW, head.pk / 1_000) for head in heads[::2]]

    def singly() -> None:
        for head in heads[::2]:
            request_review(annotation=head, reason=LOW, detail=head.pk / 1_000)

    one_by_one = tried(singly)
    assert one_by_one != tried(lambda: None)
    assert tried(lambda: request_reviews(project_id=world.project.pk, requests=asked)) == one_by_one


def test_twice_changes_nothing_and_the_first_reason_counts() -> None:
    world = make_world(overlap=2)
    first, second = made(world, 1)
    asked = [ReviewRequest(first.pk, LOW, 0.4), ReviewRequest(first.pk, ReviewReason.LOW_TRUST, 0.3)]
    assert request_reviews(project_id=world.project.pk, requests=asked) == 1
    before = outcome()
    assert request_reviews(project_id=world.project.pk, requests=asked) == 0
    assert outcome() == before
    assert ReviewEntry.objects.get().reason == LOW
    assert request_reviews(project_id=world.project.pk, requests=[ReviewRequest(second.pk, LOW)]) == 1


def test_answers_of_another_project_are_none_of_ours() -> None:
    world = make_world(overlap=2)
    (head, _) = made(world, 1)
    assert request_reviews(project_id=world.project.pk + 1, requests=[ReviewRequest(head.pk, LOW)]) == 0
    assert not ReviewEntry.objects.exists()


def test_as_many_statements_for_many_as_for_few() -> None:
    world = make_world(overlap=2)
    heads = made(world, 8)
    counts = []
    for chosen in (heads[:2], heads[2:]):
        with CaptureQueriesContext(connection) as queries:
            request_reviews(
                project_id=world.project.pk, requests=[ReviewRequest(head.pk, LOW) for head in chosen]
            )
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 16
