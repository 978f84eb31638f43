"""Grading answers to gold: after the commit, in a worker. Grading again gives the same rows."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils import timezone

from annotate.models import Annotation, AnnotationVersion, Drawn, NoticeKind, OutboxEvent
from annotate.services.notices import notify
from labeltypes.base import Json, JsonObject
from projects.models import Feedback, Membership, Project
from quality.models import GoldGrade, GoldItem
from quality.services.fields import Asked, asked_fields
from quality.services.locks import one_at_a_time
from quality.services.retiring import retire_over_exposed
from quality.services.sequential import check_people
from quality.services.shares import refresh_shares
from quality.services.trust import refresh_gold_trust

DEFAULT_TOLERANCE = 1e-9

RECOUNT = """
UPDATE quality_golditem g SET graded = c.graded, missed = c.missed
FROM (SELECT i.id, count(a.id) AS graded, count(a.id) FILTER (WHERE NOT r.correct) AS missed
      FROM quality_golditem i LEFT JOIN quality_goldgrade r ON r.gold_id = i.id
      LEFT JOIN annotate_annotation a ON a.id = r.annotation_id AND a.discarded_at IS NULL
      WHERE i.id = ANY(%s) GROUP BY i.id) AS c
WHERE g.id = c.id
"""


@dataclass(frozen=True)
class Grade:
    """How near the nearest accepted answer is: ``score`` in [0, 1]; ``correct`` when every field passed."""

    score: float
    correct: bool
    fields: dict[str, JsonObject]


def grade_value(
    value: JsonObject, accepted: Sequence[JsonObject], tolerance: JsonObject, fields: Sequence[Asked]
) -> Grade:
    """Compare with every accepted answer, field by field, and keep the best.

    A field counts if either has it: one that ``show_if`` hid on both sides was not asked.
    """
    grades = [_against(value, gold, tolerance, fields) for gold in accepted]
    return max(grades, key=lambda grade: (grade.correct, grade.score))


def _against(value: JsonObject, gold: JsonObject, tolerance: JsonObject, fields: Sequence[Asked]) -> Grade:
    found: dict[str, JsonObject] = {}
    for asked in fields:
        ours, theirs = value.get(asked.name), gold.get(asked.name)
        if ours is None and theirs is None:
            continue
        distance = 1.0 if ours is None or theirs is None else asked.distance(ours, theirs)
        limit = tolerance.get(asked.name)
        most = float(limit) if isinstance(limit, int | float) else 0.0
        labels: list[Json] = [*asked.labels(theirs)] if theirs is not None else []
        found[asked.name] = {
            "distance": distance,
            "passed": distance <= most + DEFAULT_TOLERANCE,
            "labels": labels,
        }
    scores = [1 - float(str(each["distance"])) for each in found.values()]
    score = sum(scores) / len(scores) if scores else 1.0
    return Grade(score, all(each["passed"] for each in found.values()), found)


def grade_events(project_id: int, events: Sequence[OutboxEvent]) -> None:
    """Consumer of the outbox: grade what was answered, unless the task is no gold."""
    grade_annotations(project_id, [event.annotation_id for event in events if event.annotation_id])


def grade_annotations(project_id: int, annotation_ids: Sequence[int]) -> int:
    """Grade these answers as they are now; return how many.

    A correction is graded again, unless the person has been shown the right answer meanwhile.
    """
    gold = {
        item.task_id: item
        for item in GoldItem.objects.filter(
            project_id=project_id, retired_at__isnull=True, task__annotations__in=annotation_ids
        )
    }
    if not gold:
        return 0
    one_at_a_time("gold", project_id)  # trust is counted from all grades: two at once would miss some
    project = Project.objects.get(pk=project_id)
    heads = Annotation.objects.filter(
        task_id__in=gold,
        discarded_at__isnull=True,
        rejected_at__isnull=True,
        is_fix=False,
        pk__in=_not_reworked(annotation_ids),
    ).exclude(gold_grade__is_burnt=True)
    fields = asked_fields(project)
    now = timezone.now()
    known = dict(GoldGrade.objects.filter(annotation__in=heads).values_list("annotation_id", "version"))
    news = [head for head in heads.order_by("pk") if known.get(head.pk) != head.version]
    graded = [_grade(head, gold[head.task_id], fields, now) for head in news]
    GoldGrade.objects.bulk_create(
        graded,
        update_conflicts=True,
        unique_fields=["annotation"],
        update_fields=["version", "score", "correct", "fields", "graded_at"],
    )
    people = {grade.user_id for grade in graded}
    told = people if project.feedback == Feedback.AT_ONCE else _at_practice(project_id, people)
    items = {grade.gold_id for grade in graded}
    recount_gold(items)
    retire_over_exposed(project, items)
    follow_grades(project, people)
    _tell(project, [grade for grade in graded if grade.user_id in told], gold)
    return len(graded)


def follow_grades(project: Project, user_ids: Collection[int], *, gold_changed: bool = False) -> None:
    """What follows when these people's grades changed: trust, the test, and how much gold they get."""
    refresh_gold_trust(project.pk, user_ids)
    check_people(project, user_ids, gold_changed=gold_changed)
    refresh_shares(project, user_ids)


def _at_practice(project_id: int, user_ids: Collection[int]) -> set[int]:
    """Whoever practices is told at once, whatever others are told."""
    members = Membership.objects.filter(project=project_id, user__in=user_ids, is_practicing=True)
    return set(members.values_list("user_id", flat=True))


def follow_discards(project_id: int, events: Sequence[OutboxEvent]) -> None:
    """Consumer of the outbox: answers that were set aside, or brought back, count for no gold, or again."""
    annotations = [event.annotation_id for event in events if event.annotation_id]
    grades = GoldGrade.objects.filter(project_id=project_id, annotation__in=annotations)
    found = list(grades.values_list("gold_id", "user_id"))
    if found:
        one_at_a_time("gold", project_id)
        recount_gold({gold for gold, _ in found})
        people = {user for _, user in found}
        refresh_gold_trust(project_id, people)
        refresh_shares(Project.objects.get(pk=project_id), people)


def recount_gold(gold_ids: Collection[int]) -> None:
    """Count how often these items were graded and missed, by answers that stand."""
    with connection.cursor() as cursor:
        cursor.execute(RECOUNT, [sorted(gold_ids)])


def _not_reworked(annotation_ids: Sequence[int]) -> list[int]:
    """Answers that no reviewer sent back: whoever was told is not tested any more."""
    reworked = AnnotationVersion.objects.filter(annotation__in=annotation_ids, drawn=Drawn.REWORK)
    return sorted(set(annotation_ids) - set(reworked.values_list("annotation_id", flat=True)))


def _grade(head: Annotation, item: GoldItem, fields: Sequence[Asked], now: datetime) -> GoldGrade:
    grade = grade_value(head.value, item.answers, item.tolerance, fields)
    return GoldGrade(
        project_id=head.project_id,
        gold=item,
        annotation=head,
        user_id=head.user_id,
        version=head.version,
        score=grade.score,
        correct=grade.correct,
        fields=grade.fields,
        graded_at=now,
    )


def _tell(project: Project, graded: Sequence[GoldGrade], gold: dict[int, GoldItem]) -> None:
    """Feedback at once: the right answer with its explanation; the item is burnt for this person."""
    for grade in graded:
        item = gold[grade.annotation.task_id]
        text = "This one was right." if grade.correct else "This one was not right."
        notify(
            project_id=project.pk,
            user_ids=[grade.user_id],
            kind=NoticeKind.FEEDBACK,
            ref=f"gold:{grade.annotation_id}",
            text=f"{text} {item.explanation}".strip(),
            correct=grade.correct,
            answer=item.answers[0],
            yours=grade.annotation.value,
            explanation=item.explanation,
            assignment=str(grade.annotation.assignment_id or ""),
            annotation=str(grade.annotation_id),
        )
    GoldGrade.objects.filter(annotation__in=[grade.annotation_id for grade in graded]).update(is_burnt=True)
