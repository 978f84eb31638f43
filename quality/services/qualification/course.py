"""Practice and quiz as the person goes through them: begin, draft, answer. Nothing here is an annotation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from accounts.audit import record
from accounts.errors import Conflict
from accounts.models import User
from accounts.services.once import KeyReused, check_key
from annotate.items import resolve
from annotate.models import Assignment
from annotate.services.leases import lock_person
from annotate.services.submit import clean_seconds
from annotate.versions import ontology_of
from labeltypes.answers import clean_answer
from labeltypes.base import JsonObject
from projects.models import Membership, Project
from quality.models import (
    AttemptKind,
    GoldItem,
    GoldUse,
    Qualification,
    QualificationAnswer,
    QualificationAttempt,
)
from quality.services.fields import asked_fields
from quality.services.qualification.certificates import grant
from quality.services.qualification.drawing import PoolItem, draw_quiz
from quality.services.qualification.marks import QuizResult, mark_answer, quiz_result
from quality.services.qualification.standing import Stage, standing_of
from quality.services.qualification.terms import terms_of


@dataclass(frozen=True)
class Answered:
    """``created`` is false when this was a repeat."""

    answer: QualificationAnswer
    created: bool


def begin_practice(*, project: Project, user: User) -> QualificationAttempt:
    """Begin the practice items, or go on with them; somebody may do so as often as they like.

    Raises Conflict when there is nothing to practice on, or a quiz is under way. Locks the person, the items.
    """
    with transaction.atomic():
        lock_person(project.pk, user.pk)
        under_way = _open(project, user)
        if under_way is not None:
            if under_way.kind == AttemptKind.QUIZ:
                raise Conflict("Finish the quiz first.", code="quiz")
            return under_way
        items = list(_usable(project, GoldUse.PRACTICE).values_list("pk", flat=True).order_by("pk"))
        if not items:
            raise Conflict("There is nothing to practice on.", code="no_practice")
        return _begin(project, user, AttemptKind.PRACTICE, items, terms_of(project))


def begin_quiz(*, project: Project, user: User) -> QualificationAttempt:
    """Draw a quiz for this person, or go on with the one under way.

    Raises Conflict while they practice, wait, have no attempt left or need none, and when the pool has too
    few items. Locks the person, so that two tabs begin one quiz, and the items.
    """
    with transaction.atomic():
        lock_person(project.pk, user.pk)
        standing = standing_of(project, user.pk)
        if standing.open is not None and standing.stage == Stage.QUIZ:
            return standing.open
        if standing.stage != Stage.READY:
            raise Conflict(_REFUSED[standing.stage], code=f"quiz_{standing.stage.value}")
        terms = terms_of(project)
        pool = _pool(project)
        if len(pool) < terms.quiz_length:
            raise Conflict("The quiz has too few items. A manager has to add some.", code="few_items")
        seen = _seen(project, user) if terms.other_items else {}
        items = draw_quiz(pool, terms.quiz_length, class_marks=terms.class_marks, seen=seen)
        return _begin(project, user, AttemptKind.QUIZ, items, terms)


_REFUSED = {
    Stage.PRACTICE: "Practice first.",
    Stage.WAITING: "It is too early for another attempt.",
    Stage.STOPPED: "You have no attempt left. A manager can give you one.",
    Stage.CERTIFIED: "You have a certificate.",
}


def open_items(
    project: Project, user_id: int
) -> tuple[QualificationAttempt | None, list[QualificationAnswer]]:
    """The attempt under way and all its items in order, with what is shown of them; two queries."""
    attempt = QualificationAttempt.objects.filter(
        project=project, user=user_id, finished_at__isnull=True
    ).first()
    if attempt is None:
        return None, []
    return attempt, items_of(attempt)


def items_of(attempt: QualificationAttempt) -> list[QualificationAnswer]:
    """Its items in order."""
    rows = (
        QualificationAnswer.objects.filter(attempt=attempt).select_related("gold__task").order_by("position")
    )
    return list(rows.defer("gold__task__search"))


@transaction.atomic
def keep_draft(*, item: QualificationAnswer, value: JsonObject, base: int) -> QualificationAnswer:
    """Keep what was typed so far, made from revision ``base``.

    Raises Conflict with the newer draft when another tab saved in between, and when it was answered.
    """
    row = QualificationAnswer.objects.select_for_update(of=("self",), no_key=True).get(pk=item.pk)
    if row.answered_at is not None:
        raise Conflict("You have answered this item.", code="closed")
    if row.revision != base and row.draft != value:
        current = {"value": row.draft, "revision": row.revision, "saved_at": row.saved_at}
        raise Conflict("Another tab has saved a newer draft.", current=current, code="draft")
    row.draft, row.revision, row.saved_at = value, max(row.revision, base + 1), timezone.now()
    row.save(update_fields=["draft", "revision", "saved_at"])
    return row


def answer_item(
    *, item: QualificationAnswer, project: Project, value: JsonObject, seconds: float, key: str
) -> Answered:
    """Store and mark an answer; the last one of a quiz decides it, and a pass grants the certificate.

    The same key again returns the first answer. Raises Invalid (the value), KeyReused (same key, other
    value), Conflict (answered before). Locks the person, then the item.
    """
    check_key(key)
    task = item.gold.task
    media = resolve(task, item.ontology_id).media
    clean = clean_answer(value, ontology_of(item.ontology_id).ontology, media)
    with transaction.atomic():
        lock_person(item.attempt.project_id, item.attempt.user_id)
        row = (
            QualificationAnswer.objects.select_for_update(of=("self",), no_key=True)
            .select_related("gold")
            .get(pk=item.pk)
        )
        if row.answered_at is not None:
            return _repeated(row, clean, key)
        marked = mark_answer(clean, row.gold.answers, row.gold.tolerance, asked_fields(project))
        row.value, row.seconds, row.key, row.draft = clean, clean_seconds(seconds), key, None
        row.score, row.correct, row.classes = marked.score, marked.correct, marked.classes
        row.answered_at = timezone.now()
        row.save()
        _finish_if_done(QualificationAttempt.objects.select_related("project", "user").get(pk=row.attempt_id))
    return Answered(row, created=True)


def _repeated(row: QualificationAnswer, value: JsonObject, key: str) -> Answered:
    if row.key != key:
        current = {"value": row.value, "version": 1}
        raise Conflict("You have answered this item.", current=current, code="already_submitted")
    if row.value != value:
        raise KeyReused("This key was used for another answer to this item; the first one stays.")
    return Answered(row, created=False)


def _finish_if_done(attempt: QualificationAttempt) -> None:
    rows = answers_of(attempt)
    if any(row.answered_at is None for row in rows):
        return
    result = result_of(attempt, rows)
    attempt.right, attempt.asked, attempt.classes = result.right, result.asked, result.classes
    attempt.finished_at = timezone.now()
    if attempt.kind == AttemptKind.QUIZ:
        attempt.passed = result.passed
    attempt.save(update_fields=["right", "asked", "classes", "finished_at", "passed"])
    if attempt.passed and Membership.objects.filter(project=attempt.project, user=attempt.user).exists():
        grant(project=attempt.project, user=attempt.user, by=None, attempt=attempt)
    elif attempt.passed is False:
        record(
            organization=attempt.project.organization_id,
            actor=attempt.user,
            verb="certificate.failed",
            subject=attempt.user.email,
            project_id=attempt.project_id,
            right=attempt.right,
            asked=attempt.asked,
        )


def answers_of(attempt: QualificationAttempt) -> list[QualificationAnswer]:
    """All answers of an attempt with their gold, in order."""
    rows = QualificationAnswer.objects.filter(attempt=attempt).select_related("gold")
    return list(rows.order_by("position"))


def result_of(attempt: QualificationAttempt, rows: Sequence[QualificationAnswer]) -> QuizResult:
    """What these answers come to under the attempt's terms; gold that proved unfit counts for nobody.

    Where nothing else is left, the answers count as they were marked.
    """
    counted = [row for row in rows if row.gold.voided_at is None] or rows
    return quiz_result(
        [row.correct for row in counted],
        [each for row in counted for each in row.classes],
        pass_mark=attempt.pass_mark,
        class_marks=attempt.class_marks,
    )


def _open(project: Project, user: User) -> QualificationAttempt | None:
    return QualificationAttempt.objects.filter(project=project, user=user, finished_at__isnull=True).first()


def _usable(project: Project, use: GoldUse) -> QuerySet[GoldItem]:
    return GoldItem.objects.filter(project=project, use=use, retired_at__isnull=True)


def _pool(project: Project) -> list[PoolItem]:
    fields = asked_fields(project)
    return [
        PoolItem(
            pk,
            frozenset(
                (asked.name, name)
                for asked in fields
                if asked.name in answers[0]
                for name in asked.labels(answers[0][asked.name])
            ),
        )
        for pk, answers in _usable(project, GoldUse.QUIZ).values_list("pk", "answers")
    ]


def _seen(project: Project, user: User) -> dict[int, datetime]:
    """When this person last had an item of the pool: in a quiz, or as work before it was put aside."""
    quizzes = QualificationAnswer.objects.filter(attempt__project=project, attempt__user=user)
    seen = dict(quizzes.values_list("gold").annotate(at=Max("attempt__started_at")))
    work = Assignment.objects.filter(project=project, user=user, task__gold_item__use=GoldUse.QUIZ)
    for gold, at in work.values_list("task__gold_item", "created_at"):
        seen[gold] = max(at, seen.get(gold, at))
    return seen


def _begin(
    project: Project, user: User, kind: AttemptKind, items: Sequence[int], terms: Qualification
) -> QualificationAttempt:
    if project.ontology_id is None:
        raise Conflict("The project has no ontology yet.", code="no_ontology")
    # Hiding gold locks it as well: it waits for us and sees who had it, or we see that it is hidden.
    gold = GoldItem.objects.select_for_update(no_key=True).filter(
        pk__in=items, use=kind, retired_at__isnull=True
    )
    if len(gold.order_by("pk").values_list("pk")) < len(items):
        raise Conflict("The items have changed just now. Begin again.", code="items_changed")
    attempt = QualificationAttempt.objects.create(
        project=project,
        user=user,
        kind=kind,
        pass_mark=terms.pass_mark,
        class_marks=terms.class_marks,
        asked=len(items),
        started_at=Now(),
    )
    QualificationAnswer.objects.bulk_create(
        QualificationAnswer(attempt=attempt, gold_id=gold, position=place, ontology_id=project.ontology_id)
        for place, gold in enumerate(items, start=1)
    )
    attempt.refresh_from_db()
    return attempt
