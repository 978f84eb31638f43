"""Votes: the categorical judgements in answers, as integers. Derived, and rebuilt whenever answers change."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import TextField
from django.db.models.functions import Cast

from accounts.answered import once_answered
from accounts.statements import Prepared
from annotate.models import Annotation, AnnotationVersion, OutboxEvent
from annotate.querysets import AnnotationQuerySet
from formats.strictjson import stored
from labeltypes.base import JsonObject
from labeltypes.ontology import Ontology
from projects.models import Project
from quality.models import StaleTask, Vote, VoteLabel
from quality.services.fields import Asked, asked_fields, ontology_for, usable
from quality.services.locks import one_at_a_time

BATCH = 2_000
LONGEST_TEXT = 300
HAS_OLDER = Prepared(
    "has_older_ontologies",
    "SELECT EXISTS (SELECT FROM projects_ontologyversion WHERE project_id = %(project)s OFFSET 1)",
    project="bigint",
)


class Head(NamedTuple):
    """What is read of an answer, a million of which are read in a run."""

    pk: int
    task_id: int
    user_id: int
    value: JsonObject
    version: int


def heads_of(answers: AnnotationQuerySet) -> list[Head]:
    """Read these answers, without making a model's object of each."""
    rows = answers.annotate(text=Cast("value", TextField()))
    return shared_values(rows.values_list("pk", "task_id", "user_id", "text", "version"))


def shared_values(rows: Iterable[tuple[int, int, int, str, int]]) -> list[Head]:
    """Heads of rows with the text of their values.

    Equal values are read once and shared: nobody may change one.
    """
    read: dict[str, Any] = {}
    heads = []
    for pk, task_id, user_id, text, version in rows:
        if text not in read:
            read[text] = stored(text)
        heads.append(Head(pk, task_id, user_id, read[text], version))
    return heads


def counted_answers(project_id: int) -> AnnotationQuerySet:
    """The answers that consensus stands on: counted, and not a reviewer's own fix."""
    return Annotation.objects.counted().filter(project_id=project_id, is_fix=False)


def follow_answers(project_id: int, events: Sequence[OutboxEvent]) -> None:
    """Consumer of the outbox: bring the votes of changed answers up to date, and mark their tasks."""
    from quality.tasks import poke_stale

    annotations = [event.annotation_id for event in events if event.annotation_id]
    tasks = {event.task_id for event in events if event.task_id}
    tasks |= {task for event in events for task in event.payload.get("tasks", ())}
    project = Project.objects.filter(pk=project_id).first()
    if project is None or project.ontology_id is None:
        return
    rebuild_votes(project, annotations)
    mark_stale(project_id, tasks)
    transaction.on_commit(lambda: once_answered(lambda: poke_stale(project_id)))


def mark_stale(project_id: int, task_ids: Iterable[int]) -> None:
    """These tasks get a new consensus soon. Waits for nobody, whatever locks the caller holds."""
    StaleTask.objects.bulk_create(
        [StaleTask(task_id=task_id, project_id=project_id) for task_id in sorted(task_ids)]
    )


@transaction.atomic
def rebuild_votes(project: Project, annotation_ids: Sequence[int]) -> int:
    """Replace the votes of these answers by what they say now; return how many votes there are."""
    Vote.objects.filter(annotation__in=annotation_ids).delete()
    heads = counted_answers(project.pk).filter(pk__in=annotation_ids)
    return _write(project, heads_of(heads.order_by("pk")))


def rebuild_all(project: Project) -> int:
    """All votes of a project anew, in batches: after the ontology changed, or to repair."""
    count, last = 0, 0
    while True:
        ids = list(
            Annotation.objects.filter(project=project, pk__gt=last)
            .order_by("pk")
            .values_list("pk", flat=True)[:BATCH]
        )
        if not ids:
            return count
        count += rebuild_votes(project, ids)
        last = ids[-1]


def current_values(
    project: Project, heads: Sequence[Head], ontology: Ontology
) -> list[tuple[Head, JsonObject]]:
    """The answers with what of them holds under the current ontology."""
    older = given_under_older(project, [head.pk for head in heads])
    return [(head, usable(head.value, ontology) if head.pk in older else head.value) for head in heads]


def given_under_older(project: Project, answers: Sequence[int]) -> set[int]:
    """Those of these answers that were not given under the current ontology."""
    if HAS_OLDER.rows({"project": project.pk}) == [(False,)]:
        return set()
    newest = AnnotationVersion.objects.filter(annotation__in=answers)
    rows = newest.order_by("annotation_id", "-version").distinct("annotation_id")
    return {
        pk for pk, used in rows.values_list("annotation_id", "ontology_id") if used != project.ontology_id
    }


def _write(project: Project, heads: Sequence[Head]) -> int:
    ontology = ontology_for(project)
    if ontology is None or not heads:
        return 0
    fields = [asked for asked in asked_fields(project) if asked.codes]
    found = [
        (head, asked.name, unit, code)
        for head, value in current_values(project, heads, ontology)
        for asked in fields
        if asked.name in value
        for unit, code in asked.votes(value[asked.name])
    ]
    codes = _dictionary(project, fields, found)
    Vote.objects.bulk_create(
        [
            Vote(
                project_id=project.pk,
                task_id=head.task_id,
                user_id=head.user_id,
                annotation_id=head.pk,
                field=name,
                unit=codes[name, "unit", unit[:LONGEST_TEXT]],
                code=codes[name, "code", code[:LONGEST_TEXT]],
            )
            for head, name, unit, code in found
        ],
        batch_size=5_000,
    )
    return len(found)


def _dictionary(
    project: Project, fields: Sequence[Asked], found: Sequence[tuple[Head, str, str, str]]
) -> dict[tuple[str, str, str], int]:
    """The integer of every unit and code; new ones are added under a lock of the project's dictionary."""
    needed = {(name, "unit", unit[:LONGEST_TEXT]) for _, name, unit, _ in found}
    needed |= {(name, "code", code[:LONGEST_TEXT]) for _, name, _, code in found}
    known = _known_labels(project, fields)
    if needed <= known.keys():
        return known
    one_at_a_time("labels", project.pk)
    known = _known_labels(project, fields)
    highest: dict[tuple[str, str], int] = {}
    for (name, kind, _), code in known.items():
        highest[name, kind] = max(highest.get((name, kind), -1), code)
    for name, kind, text in sorted(needed - known.keys()):
        highest[name, kind] = highest.get((name, kind), -1) + 1
        known[name, kind, text] = highest[name, kind]
        VoteLabel.objects.create(project=project, field=name, kind=kind, text=text, code=highest[name, kind])
    return known


def _known_labels(project: Project, fields: Sequence[Asked]) -> dict[tuple[str, str, str], int]:
    rows = VoteLabel.objects.filter(project=project, field__in=[asked.name for asked in fields])
    return {(row.field, row.kind, row.text): row.code for row in rows}
