"""The terms of a project's qualification, and the gold that is put aside for practice and quizzes."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count, Q

from accounts.audit import record
from accounts.errors import Conflict, DomainError, FieldError
from accounts.models import User
from annotate.models import NoticeKind, Pool
from annotate.services.certificates import EXEMPT
from annotate.services.notices import notify
from annotate.services.slots import set_pool
from projects.models import Membership, Project
from quality.models import GoldItem, GoldUse, Qualification, QualificationAnswer
from quality.services.fields import asked_fields
from quality.services.qualification.certificates import grant

MOST_ITEMS = 1_000
WORKED_BEFORE = "Worked here before the certificate was asked for."


@dataclass(frozen=True)
class Terms:
    """What a manager sets; see ``Qualification``."""

    quiz_length: int = 10
    pass_mark: float = 0.8
    class_marks: Mapping[str, Mapping[str, Any]] | None = None
    cooldown_minutes: int = 60
    attempts_most: int = 0
    other_items: bool = True
    validity_days: int = 180
    recalibrate: bool = True


BOUNDS = {
    "quiz_length": (1, 100),
    "pass_mark": (0, 1),
    "cooldown_minutes": (0, 60 * 24 * 60),
    "attempts_most": (0, 100),
    "validity_days": (0, 3650),
}


@dataclass(frozen=True)
class PoolCounts:
    """Gold in use: for practice, for the quiz, hidden."""

    practice: int
    quiz: int
    hidden: int


def terms_of(project: Project) -> Qualification:
    """The project's terms; the usual ones while nobody has set any."""
    return Qualification.objects.filter(project=project).first() or Qualification(
        project=project, class_marks={}
    )


def count_pool(project: Project) -> PoolCounts:
    """How much gold there is for each use; one query."""
    counts = GoldItem.objects.filter(project=project, retired_at__isnull=True).aggregate(
        **{use.value: Count("pk", filter=Q(use=use)) for use in GoldUse}
    )
    return PoolCounts(counts["practice"], counts["quiz"], counts["hidden"])


@transaction.atomic
def save_terms(
    *, project: Project, terms: Terms, on: bool, by: User, grant_existing: bool = False
) -> Qualification:
    """Set the terms, and whether they hold. Turning it on closes the queue to whoever has no certificate.

    ``grant_existing``: those who work here already get one when it is turned on. Raises DomainError for terms
    that make no sense; Conflict when the pool has fewer items than a quiz asks.
    """
    class_marks = _check(project, terms)
    if on and count_pool(project).quiz < terms.quiz_length:
        raise Conflict(
            f"The quiz asks {terms.quiz_length} items, and {count_pool(project).quiz} are marked for it.",
            code="few_items",
        )
    values = asdict(terms) | {"class_marks": class_marks}
    Project.objects.select_for_update(of=("self",), no_key=True).get(pk=project.pk)
    row, _ = Qualification.objects.update_or_create(project=project, defaults=values)
    was_on = Project.objects.values_list("needs_certificate", flat=True).get(pk=project.pk)
    Project.objects.filter(pk=project.pk).update(needs_certificate=on)
    project.needs_certificate = on
    if on and not was_on:
        _turned_on(project, by, grant_existing=grant_existing)
    record(
        organization=project.organization_id,
        actor=by,
        verb="qualification.changed",
        subject="on" if on else "off",
        project_id=project.pk,
        **values,
    )
    return row


def _turned_on(project: Project, by: User, *, grant_existing: bool) -> None:
    members = list(
        Membership.objects.filter(project=project)
        .exclude(role__in=EXEMPT)
        .select_related("user", "project")
        .order_by("user_id")
    )
    if grant_existing:
        for member in members:
            grant(project=project, user=member.user, by=by, reason=WORKED_BEFORE)
        return
    notify(
        project_id=project.pk,
        user_ids=[member.user_id for member in members],
        kind=NoticeKind.FEEDBACK,
        ref=f"qualification:{project.pk}",
        text="From now on this project asks for a certificate: practice, pass the quiz, and go on.",
    )


def _check(project: Project, terms: Terms) -> dict[str, dict[str, float]]:
    fields = asked_fields(project)
    problems = [
        FieldError(name, f"from {low} to {high}")
        for name, (low, high) in BOUNDS.items()
        if not low <= getattr(terms, name) <= high
    ]
    known = {asked.name: {*asked.field.names("classes"), *asked.field.names("options")} for asked in fields}
    marks: dict[str, dict[str, float]] = {}
    for field, names in (terms.class_marks or {}).items():
        for name, mark in names.items():
            path = f"class_marks.{field}.{name}"
            if name not in known.get(field, set()):
                problems.append(FieldError(path, "is no class of a field"))
            elif isinstance(mark, bool) or not isinstance(mark, int | float) or not 0 <= mark <= 1:
                problems.append(FieldError(path, "from 0 to 1"))
            else:
                marks.setdefault(field, {})[name] = float(mark)
    if problems:
        raise DomainError("These terms are not valid.", fields=problems)
    return marks


@transaction.atomic
def set_use(*, project: Project, task_ids: Collection[int], use: str, by: User) -> int:
    """Put gold aside for practice or the quiz, or hide it among the work again; return how many changed.

    Raises DomainError for what is no gold of the project; Conflict for hiding items that somebody had in
    practice or a quiz: they would be known.
    """
    if use not in GoldUse.values:
        raise DomainError("Unknown use.", fields=[FieldError("use", f"one of {', '.join(GoldUse.values)}")])
    if not 1 <= len(set(task_ids)) <= MOST_ITEMS:
        raise DomainError("Choose items.", fields=[FieldError("tasks", f"from 1 to {MOST_ITEMS}")])
    rows = GoldItem.objects.filter(project=project, retired_at__isnull=True, task__in=task_ids)
    items = list(rows.select_for_update(no_key=True).order_by("pk"))
    if len(items) < len(set(task_ids)):
        raise DomainError("Not found.", fields=[FieldError("tasks", "not all of them are gold")])
    changed = [item for item in items if item.use != use]
    if use == GoldUse.HIDDEN and QualificationAnswer.objects.filter(gold__in=changed).exists():
        raise Conflict(
            "People had some of these in practice or a quiz: as hidden gold they would be known. "
            "Retire them instead.",
            code="known",
        )
    GoldItem.objects.filter(pk__in=[item.pk for item in changed]).update(use=use)
    pool = Pool.GOLD if use == GoldUse.HIDDEN else Pool.ASIDE
    set_pool(project_id=project.pk, task_ids=[item.task_id for item in changed], pool=pool)
    details: dict[str, Any] = {"tasks": [item.task_id for item in changed][:100]}
    record(
        organization=project.organization_id,
        actor=by,
        verb="qualification.items",
        subject=f"{len(changed)} for {use}",
        project_id=project.pk,
        **details,
    )
    return len(changed)
