"""Every list and page costs the same number of queries with one row as with twenty.

The counts themselves are reviewed data: tests/query_counts.json. After a change that is meant,
``UPDATE_QUERY_COUNTS=1 pytest tests/api/test_query_counts.py`` writes them anew. What annotators send is
counted in tests/annotate/test_query_counts_of_work.py.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from annotate.models import Annotation, Comment, Prediction, ReviewReason
from annotate.outbox import drain
from annotate.services.queue import draw
from annotate.services.reviews import request_review
from annotate.services.submit import submit
from projects.access import RULES
from projects.access.doors import find_project
from projects.models import Job, JobError, Membership, Project, Role, Task
from projects.services.guidelines import acknowledge_guideline, add_guideline
from quality.models import GoldContest, GoldGrade
from quality.services.gold import make_gold
from tests.annotate.test_query_counts_of_work import VERBS
from tests.api.test_access_matrix import ROUTES
from tests.query_counts import check_count, known_counts
from tests.world import World, make_project, make_tasks, make_user, make_world

FEW, MANY = 1, 20
# Streamed or made once: they have tests of their own that count what matters there.
STREAMS = {"api-export"}
NAMES = sorted(
    name
    for name, parameters in ROUTES
    if "GET" in RULES.get(name, {}) and parameters == ["project_id"] and name not in STREAMS
)


@pytest.fixture(scope="module")
def filled(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[World, Project, Project]]:
    """Two projects of Max's: one with one row of everything, one with twenty."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = make_world()
        yield world, _fill(world, FEW), _fill(world, MANY)
        transaction.set_rollback(True)


def _fill(world: World, rows: int) -> Project:
    people = {make_user(f"P{rows}x{index}", world.organization): Role.ANNOTATOR for index in range(rows)}
    project = make_project(world.organization, world.max, members=people, overlap=2, review_share=1.0)
    make_tasks(project, 2 * rows)
    guideline = add_guideline(project=project, body="# Read me", by=world.max)
    for user in people:
        acknowledge_guideline(guideline=guideline, user=user)
        _work(project, user)
    drain()
    for annotation in Annotation.objects.filter(project=project):
        request_review(annotation=annotation, reason=ReviewReason.LOW_AGREEMENT, detail=0.4)
    for number, task in enumerate(project.tasks.all()[:rows]):
        Comment.objects.create(project=project, task=task, author=world.max, kind="question", body="Why?")
        Prediction.objects.create(
            project=project, task=task, model="m", version="1", value={"sentiment": "positive"}, score=0.9
        )
        _contest(project, task)
        job = Job.objects.create(
            organization=world.organization, project=project, kind="import", state="failed"
        )
        JobError.objects.create(job=job, row=number + 1, message="bad")
    return project


def _contest(project: Project, task: Task) -> None:
    """An answer graded as wrong, shown, and contested."""
    gold = make_gold(project=project, task=task, answers=[{"sentiment": "negative"}], by=None)
    for annotation in Annotation.objects.filter(task=task)[:1]:
        shared = {"project": project, "gold": gold, "annotation": annotation, "user": annotation.user}
        GoldGrade.objects.create(
            **shared, version=1, score=0, correct=False, is_burnt=True, graded_at=annotation.created_at
        )
        GoldContest.objects.create(**shared, answer=annotation.value, reason="No.")


def _work(project: Project, user: User) -> None:
    for assignment in draw(find_project(user, project.pk), 1).assignments:
        submit(assignment=assignment, value={"sentiment": "positive"}, seconds=2, key=f"k{user.pk}")


def _count(client: Client, name: str, project: Project) -> int:
    address = reverse(name, kwargs={"project_id": project.pk})
    assert client.get(address).status_code == 200, f"warming up {name}"
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


@pytest.mark.parametrize("name", NAMES)
def test_as_many_queries_for_twenty_rows_as_for_one(
    filled: tuple[World, Project, Project], name: str
) -> None:
    world, few, many = filled
    client = Client()
    client.force_login(world.max)
    with transaction.atomic():
        counts = _count(client, name, few), _count(client, name, many)
        transaction.set_rollback(True)
    check_count(name, *counts)


def test_no_count_is_left_of_a_route_that_is_gone() -> None:
    assert set(known_counts()) <= set(NAMES) | set(VERBS)


def test_membership_is_real(filled: tuple[World, Project, Project]) -> None:
    _, few, many = filled
    assert (
        Membership.objects.filter(project=many).count() - Membership.objects.filter(project=few).count() == 19
    )
