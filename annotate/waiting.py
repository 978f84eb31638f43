"""What waits for somebody in a project, told to the floor below: each kind counted in one query."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import BigIntegerField, OuterRef, Q, QuerySet, Subquery

from accounts.models import User
from annotate.models import Annotation, Comment, CommentKind, Notice, ReviewEntry
from projects.access import Capability
from projects.attention import COUNTED, Source, register_attention
from projects.models import Membership, Project, TaskState
from projects.queries import state_counts


def register() -> None:
    """Plug them in, once at start-up."""
    for source in SOURCES:
        register_attention(source)


def questions(projects: Sequence[int], user: User) -> Mapping[int, int]:
    """Questions of annotators that nobody has answered."""
    rows = Comment.objects.filter(kind=CommentKind.QUESTION, thread__isnull=True, resolved_at__isnull=True)
    return _by_project(rows, projects)


def blocked(projects: Sequence[int], user: User) -> Mapping[int, int]:
    """Tasks that several people skipped."""
    return {project: states.get(TaskState.BLOCKED, 0) for project, states in state_counts(projects).items()}


def reviews(projects: Sequence[int], user: User) -> Mapping[int, int]:
    """Answers of others that wait for a verdict: nobody reviews their own."""
    mine = Q(seeded__isnull=True) | Q(reviewer=user, project__blind_review=True)
    rows = ReviewEntry.shown.filter(mine, closed_at__isnull=True).exclude(author=user)
    return _by_project(rows, projects)


def paused(projects: Sequence[int], user: User) -> Mapping[int, int]:
    """People who get no work until somebody lets them."""
    return _by_project(Membership.objects.filter(paused_at__isnull=False), projects)


def late(projects: Sequence[int], user: User) -> Mapping[int, int]:
    """Answers that came after their place was given away."""
    return _by_project(Annotation.objects.filter(is_extra=True, discarded_at__isnull=True), projects)


def notices(projects: Sequence[int], user: User) -> Mapping[int, int]:
    """What the person has not read in their own inbox."""
    return _by_project(Notice.objects.filter(user=user, read_at__isnull=True), projects)


def _by_project(rows: QuerySet[Any], projects: Sequence[int]) -> Mapping[int, int]:
    """Rows of each project, counted no further than people are told."""
    limited = rows.filter(project=OuterRef("pk")).order_by().values("project")[: COUNTED + 1]
    return dict(Project.objects.filter(pk__in=projects).values_list("pk", _RowsOf(limited)))


class _RowsOf(Subquery):
    """How many rows a subquery has, which may have a limit."""

    template = "(SELECT count(*) FROM (%(subquery)s) AS counted)"
    output_field = BigIntegerField()


SOURCES = (
    Source(
        questions,
        "questions without an answer",
        ("question", "questions"),
        "questions",
        Capability.COMMENT,
        "warn",
    ),
    Source(
        blocked,
        "tasks blocked after several people skipped them",
        ("blocked task", "blocked tasks"),
        "task-list",
        Capability.SEE_TASKS,
        "bad",
        "?state=blocked",
    ),
    Source(reviews, "answers wait for a reviewer", ("review", "reviews"), "review", Capability.REVIEW),
    Source(
        paused,
        "people are paused",
        ("person paused", "people paused"),
        "people",
        Capability.SEE_PEOPLE,
        "warn",
    ),
    Source(
        late,
        "answers came too late and do not count",
        ("late answer", "late answers"),
        "task-list",
        Capability.SEE_TASKS,
        query="?late=1",
    ),
    Source(notices, "messages in your inbox", ("message", "messages"), "inbox", Capability.LABEL),
)
