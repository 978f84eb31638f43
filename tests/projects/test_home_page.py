"""The first page: one line per project, and what in it needs the person who looks."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from annotate.models import Annotation, Comment, CommentKind, NoticeKind, Review, ReviewReason, Verdict
from annotate.services.notices import notify
from projects.models import Membership, Project, ProjectState, Task, TaskState, TaskSummary
from quality.models import GoldGrade, GoldItem
from quality.services.grading import recount_gold
from tests.world import World, make_project, make_tasks, make_world

pytestmark = pytest.mark.django_db
NEED = re.compile(r'<a class="badge (\w+)" href="([^"]+)">([^<]+)</a>')


@pytest.fixture
def world() -> World:
    return make_world()


def home(user: User) -> str:
    client = Client()
    client.force_login(user)
    return unescape(client.get("/").content.decode())


def needs(user: User) -> list[tuple[str, str]]:
    return [(text, url) for _, url, text in NEED.findall(home(user))]


def ask(task: Task, by: User) -> None:
    Comment.objects.create(project=task.project, task=task, author=by, kind=CommentKind.QUESTION, body="Why?")


def miss_gold(project: Project, by: User, tasks: list[Task], *, wrong: int) -> None:
    """One gold item that so many answers missed, of as many as there are tasks."""
    gold = GoldItem.objects.create(project=project, task=tasks[0], answers=[{"sentiment": "positive"}])
    now = timezone.now()
    for number, task in enumerate(tasks):
        annotation = Annotation.objects.create(
            project=project, task=task, user=by, value={}, created_at=now, updated_at=now
        )
        GoldGrade.objects.create(
            project=project,
            gold=gold,
            annotation=annotation,
            user=by,
            version=1,
            score=0,
            correct=number >= wrong,
            graded_at=now,
        )
    recount_gold([gold.pk])


def test_each_project_says_what_it_needs(world: World) -> None:
    tasks = make_tasks(world.project, 3)
    ask(tasks[0], world.ann)
    TaskSummary.objects.filter(task=tasks[1]).update(state=TaskState.BLOCKED)
    Membership.objects.filter(project=world.project, user=world.abe).update(paused_at=timezone.now())
    quiet = make_project(world.organization, world.max)
    here = f"/projects/{world.project.pk}"

    assert needs(world.max) == [
        ("1 blocked task", f"{here}/data/?state=blocked"),
        ("1 question", f"{here}/questions/"),
        ("1 person paused", f"{here}/people/"),
    ]
    assert f"/projects/{quiet.pk}/" in home(world.max)
    assert needs(world.rita) == [
        ("1 blocked task", f"{here}/data/?state=blocked"),
        ("1 question", f"{here}/questions/"),
    ], "a reviewer cannot let people work again"
    assert needs(world.otto) == []


def test_an_annotator_sees_only_their_own_inbox(world: World) -> None:
    (task,) = make_tasks(world.project, 1)
    ask(task, world.ann)
    project, people = world.project.pk, [world.ann.pk]
    for ref in ("1", "2"):
        notify(project_id=project, user_ids=people, kind=NoticeKind.REWORK, ref=ref, text="Look again")

    assert needs(world.ann) == [("2 messages", f"/projects/{project}/inbox/")]
    assert needs(world.abe) == []


@pytest.mark.parametrize(("wrong", "said"), [(9, ["1 failing gold"]), (6, [])])
def test_gold_fails_when_most_people_surely_miss_it(world: World, wrong: int, said: list[str]) -> None:
    """Nine of ten are surely more than a half; six of ten are not."""
    miss_gold(world.project, world.ann, make_tasks(world.project, 10), wrong=wrong)
    assert [text for text, _ in needs(world.max)] == said


def test_late_answers_lead_to_their_tasks(world: World) -> None:
    late, _ = make_tasks(world.project, ["came late", "came in time"])
    now = timezone.now()
    Annotation.objects.create(
        project=world.project,
        task=late,
        user=world.ann,
        value={},
        is_extra=True,
        created_at=now,
        updated_at=now,
    )
    ((text, url),) = needs(world.max)
    client = Client()
    client.force_login(world.max)
    rows = client.get(url).content.decode()

    assert text == "1 late answer"
    assert "came late" in rows
    assert "came in time" not in rows


def test_random_review_says_how_good_a_project_is(world: World) -> None:
    (task,) = make_tasks(world.project, 1)
    now = timezone.now()
    annotation = Annotation.objects.create(
        project=world.project, task=task, user=world.ann, value={}, created_at=now, updated_at=now
    )
    for verdict in [Verdict.ACCEPT] * 3 + [Verdict.REJECT]:
        Review.objects.create(
            project=world.project,
            annotation=annotation,
            version=1,
            reviewer=world.rita,
            verdict=verdict,
            reason=ReviewReason.RANDOM,
        )
    assert "0.75" in home(world.max)
    assert "0.75" not in home(world.ann), "annotators learn nothing of others' work"


def test_what_is_archived_needs_nobody(world: World) -> None:
    (task,) = make_tasks(world.project, 1)
    ask(task, world.ann)
    Project.objects.filter(pk=world.project.pk).update(state=ProjectState.ARCHIVED)
    assert needs(world.max) == []


def test_twenty_projects_cost_as_many_queries_as_one(world: World) -> None:
    client = Client()
    client.force_login(world.max)

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get("/")
        return len(queries)

    count()
    one = count()
    for _ in range(19):
        ask(make_tasks(make_project(world.organization, world.max), 1)[0], world.max)
    assert count() == one
