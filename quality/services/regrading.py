"""Grading anew what was graded before: after a gold answer was corrected, or withdrawn."""

from collections.abc import Collection, Sequence

from accounts.audit import record
from annotate.models import AnnotationVersion, NoticeKind, OutboxEvent
from annotate.services.notices import notify
from labeltypes.base import JsonObject
from projects.models import Feedback, Project
from quality.models import GoldGrade
from quality.services.fields import asked_fields
from quality.services.grading import follow_grades, grade_value, recount_gold
from quality.services.locks import one_at_a_time

ITEMS_AT_ONCE = 100
RIGHT_NOW = "A known answer was corrected: your answer counts as right now."
WRONG_NOW = "A known answer was corrected: your answer counts as wrong now."
WITHDRAWN = "A known answer was withdrawn: your answer to it counts neither for nor against you any more."
# For people who were never shown which task it was, and must not learn it now.
ONE_MORE = "A known answer was corrected. One answer of yours that counted as wrong counts as right now."
ONE_LESS = "A known answer was corrected. One answer of yours that counted as right counts as wrong now."
ONE_OUT = "A known answer was withdrawn. One answer of yours counts neither for nor against you any more."


def regrade_events(project_id: int, events: Sequence[OutboxEvent]) -> None:
    """Consumer of the outbox: grade anew what was graded on items that were changed or withdrawn."""
    tasks = {int(task) for event in events for task in event.payload.get("tasks", [])}
    voided = {int(t) for event in events if event.kind == "gold_voided" for t in event.payload["tasks"]}
    cause = max(event.pk for event in events)
    ids = sorted(tasks)
    for start in range(
        0, len(ids), ITEMS_AT_ONCE
    ):  # an import may change a thousand, each with all its grades
        regrade(project_id, ids[start : start + ITEMS_AT_ONCE], voided=voided, cause=cause)


def regrade(project_id: int, task_ids: Collection[int], *, voided: Collection[int], cause: int) -> int:
    """Grade anew, by the version that was graded; return how many grades changed. Twice changes nothing.

    Everybody whose grade changed is told, by ``cause`` once; trust follows. Answers that were shown to be
    wrong are graded as they were then: a correction after that says nothing.
    """
    graded = GoldGrade.objects.filter(gold__task__in=list(task_ids))
    grades = list(graded.select_related("gold", "annotation").order_by("pk")) if task_ids else []
    if not grades:
        return 0
    one_at_a_time("gold", project_id)
    project = Project.objects.get(pk=project_id)
    flipped: list[GoldGrade] = []
    changed: list[GoldGrade] = []
    staying = [grade for grade in grades if grade.gold.task_id not in voided]
    for grade, was_correct in _graded_anew(project, staying):
        changed.append(grade)
        if grade.correct != was_correct:
            flipped.append(grade)
    GoldGrade.objects.bulk_update(changed, ["score", "correct", "fields"], batch_size=500)
    recount_gold({grade.gold_id for grade in grades})
    out = [grade for grade in grades if grade.gold.task_id in voided]
    follow_grades(project, {grade.user_id for grade in grades}, gold_changed=True)
    right = [grade for grade in flipped if grade.correct]
    wrong = [grade for grade in flipped if not grade.correct]
    _tell(project, right, cause, RIGHT_NOW, ONE_MORE)
    _tell(project, wrong, cause, WRONG_NOW, ONE_LESS)
    _tell(project, out, cause, WITHDRAWN, ONE_OUT)
    if flipped or out:
        record(
            organization=project.organization_id,
            actor=None,
            verb="gold.regraded",
            subject=f"{len(flipped) + len(out)} answers",
            project_id=project_id,
            right=len(right),
            wrong=len(wrong),
            withdrawn=len(out),
        )
    return len(changed) + len(out)


def _graded_anew(project: Project, grades: Sequence[GoldGrade]) -> list[tuple[GoldGrade, bool]]:
    """Those whose grade is another one now, with the new one set; and whether they counted as right."""
    fields = asked_fields(project)
    values = _graded_values(grades)
    found = []
    for grade in grades:
        new = grade_value(values[grade.pk], grade.gold.answers, grade.gold.tolerance, fields)
        if (new.score, new.correct, new.fields) != (grade.score, grade.correct, grade.fields):
            found.append((grade, grade.correct))
            grade.score, grade.correct, grade.fields = new.score, new.correct, dict(new.fields)
    return found


def _graded_values(grades: Sequence[GoldGrade]) -> dict[int, JsonObject]:
    """By grade what was graded: most often the answer as it is now, else an older version of it."""
    older = {grade.annotation_id for grade in grades if grade.version != grade.annotation.version}
    versions = {
        (annotation, version): value
        for annotation, version, value in AnnotationVersion.objects.filter(annotation__in=older).values_list(
            "annotation_id", "version", "value"
        )
    }
    return {
        grade.pk: versions.get((grade.annotation_id, grade.version), grade.annotation.value)
        for grade in grades
    }


def _tell(project: Project, grades: Sequence[GoldGrade], cause: int, shown: str, hidden: str) -> None:
    """Whoever was shown the item is told which; others that there was one, if the project tells at all."""
    for grade in grades:
        if not grade.is_burnt and project.feedback == Feedback.NEVER:
            continue
        details = _details(grade) if grade.is_burnt else {}
        notify(
            project_id=project.pk,
            user_ids=[grade.user_id],
            kind=NoticeKind.FEEDBACK,
            ref=f"regraded:{cause}:{grade.annotation_id}",
            text=shown if grade.is_burnt else hidden,
            **details,
        )


def _details(grade: GoldGrade) -> JsonObject:
    return {
        "correct": grade.correct,
        "answer": grade.gold.answers[0],
        "yours": grade.annotation.value,
        "explanation": grade.gold.explanation,
        "assignment": str(grade.annotation.assignment_id or ""),
        "annotation": str(grade.annotation_id),
    }
