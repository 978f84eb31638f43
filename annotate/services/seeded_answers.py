"""Verdicts on seeded errors: a reviewer is told what they are told of answers, and nothing else follows.

Whatever is returned is made up here and never stored: a ``Review`` of no answer, an ``Annotation`` of nobody.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone

from accounts.errors import Conflict, DomainError
from accounts.models import User
from annotate.models import Annotation, Review, ReviewEntry, SeededAnswer, Verdict
from annotate.services.reviews import LONGEST_COMMENT, Judgement, check_complete
from annotate.services.submit import clean_seconds
from annotate.services.values import clean_under_either
from projects.models import Project

NEXT = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
NUMBERS = {
    "annotation": "annotate_annotation",
    "assignment": "annotate_assignment",
    "review": "annotate_review",
}


def numbers(kind: str, count: int) -> list[int]:
    """So many ids that no row of this kind will have, as the next rows would have had them."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [NUMBERS[kind], count])
        return [row[0] for row in cursor.fetchall()]


def as_annotation(seed: SeededAnswer) -> Annotation:
    """What an answer of nobody looks like, for serializers; it has no row."""
    return Annotation(
        id=seed.pk,
        project_id=seed.project_id,
        task_id=seed.task_id,
        user=User(),
        assignment_id=seed.assignment_number,
        value=seed.value,
        seconds=seed.seconds,
        created_at=seed.created_at,
        updated_at=seed.created_at,
        rejected_at=seed.judged_at if seed.verdict == Verdict.REJECT else None,
    )


def as_fix(seed: SeededAnswer, reviewer: User) -> Annotation | None:
    """The reviewer's fix of it, which has no row either."""
    if seed.verdict != Verdict.FIX or seed.judged_at is None:
        return None
    return Annotation(
        id=seed.fix_number,
        project_id=seed.project_id,
        task_id=seed.task_id,
        user=reviewer,
        value=seed.fix,
        is_fix=True,
        version=seed.fix_version,
        seconds=seed.fix_seconds,
        created_at=seed.fixed_at or seed.judged_at,
        updated_at=seed.judged_at,
    )


def as_review(seed: SeededAnswer, *, undone_at: datetime | None = None) -> Review:
    """The verdict that stands, or one that was just taken back."""
    return Review(
        id=seed.review_number,
        project_id=seed.project_id,
        annotation_id=seed.pk,
        version=1,
        reviewer=seed.reviewer,
        verdict=seed.verdict,
        code=seed.code,
        comment=seed.comment,
        pin=seed.pin,
        fix_id=seed.fix_number if seed.verdict == Verdict.FIX else None,
        reason=seed.entry.reason,
        created_at=seed.judged_at or seed.created_at,
        undone_at=undone_at,
    )


@transaction.atomic
def judge_seeded(*, seed: SeededAnswer, project: Project, judgement: Judgement) -> Review:
    """Keep a verdict on a seeded error, with the refusals that an answer has; nothing else follows from it.

    Raises DomainError for what is not complete, Invalid for a bad fix, Conflict for what was withdrawn
    or judged. The same verdict again returns the first. Locks the row.
    """
    check_complete(judgement)
    seed = _locked(seed)
    if judgement.version not in {None, 1}:
        raise Conflict("The answer was changed meanwhile.", current=_current(seed))
    if seed.judged_at is not None:
        if _said(seed) == _says(judgement):
            return as_review(seed)
        if seed.verdict == Verdict.REJECT:
            raise Conflict("This answer is with its author.", code="rework")
        raise Conflict("This answer was reviewed meanwhile.", current=_current(seed), code="reviewed")
    if seed.ended_at is not None:
        raise Conflict("This answer was discarded.", code="discarded")
    fix = judgement.value
    if judgement.verdict == Verdict.FIX:
        fix, _ = clean_under_either(judgement.value, seed.task, project.ontology_id or 0, seed.ontology_id)
        seed.fix_seconds += clean_seconds(judgement.seconds)
        seed.fix_version += 1
        seed.fixed_at = seed.fixed_at or timezone.now()
        if seed.fix_number is None:
            [seed.fix_number] = numbers("annotation", 1)
    [seed.review_number] = numbers("review", 1)
    seed.verdict, seed.code, seed.pin, seed.fix = judgement.verdict, judgement.code, judgement.pin, fix
    seed.comment, seed.judged_at = judgement.comment[:LONGEST_COMMENT], timezone.now()
    seed.save()
    ReviewEntry.shown.filter(seeded=seed).update(closed_at=Now())
    return as_review(seed)


def accept_seeded(seeds: Sequence[SeededAnswer], project: Project) -> list[tuple[int, str]]:
    """Accept many at once; those that could not be, with the reason."""
    refused: list[tuple[int, str]] = []
    for seed in seeds:
        try:
            judge_seeded(seed=seed, project=project, judgement=Judgement(Verdict.ACCEPT))
        except DomainError as error:
            refused.append((seed.pk, error.message))
    return refused


@transaction.atomic
def undo_seeded(*, seed: SeededAnswer) -> Review:
    """Take the verdict back: it waits again. Raises Conflict where none stands."""
    seed = _locked(seed)
    if seed.judged_at is None:
        raise Conflict("There is no verdict to take back.", code="no_verdict")
    review = as_review(seed, undone_at=timezone.now())
    SeededAnswer.objects.filter(pk=seed.pk).update(
        verdict="", code="", comment="", pin=None, fix=None, judged_at=None
    )
    ReviewEntry.shown.filter(seeded=seed).update(closed_at=None)
    return review


@transaction.atomic
def withdraw_seeded(project_id: int, seeds: Collection[int] | None = None) -> int:
    """Take seeded errors that nobody has judged out of the queue; all of a project unless some are named."""
    rows = SeededAnswer.objects.filter(project=project_id, judged_at__isnull=True, ended_at__isnull=True)
    if seeds is not None:
        rows = rows.filter(pk__in=seeds)
    ids = list(rows.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    ReviewEntry.shown.filter(seeded__in=ids, closed_at__isnull=True).update(closed_at=Now())
    return SeededAnswer.objects.filter(pk__in=ids).update(ended_at=Now())


def _locked(seed: SeededAnswer) -> SeededAnswer:
    rows = SeededAnswer.objects.select_for_update(of=("self",), no_key=True).select_related(
        "task", "entry", "reviewer"
    )
    return rows.get(pk=seed.pk)


def _current(seed: SeededAnswer) -> dict[str, object]:
    return {"version": 1, "value": seed.value}


def _said(seed: SeededAnswer) -> tuple[object, ...]:
    return seed.verdict, seed.code, seed.comment, seed.pin, seed.fix


def _says(judgement: Judgement) -> tuple[object, ...]:
    comment = judgement.comment[:LONGEST_COMMENT]
    return judgement.verdict, judgement.code, comment, judgement.pin, judgement.value
