"""What is true of a task by now, beyond its state: shared by the services that move it."""

from dataclasses import dataclass

from django.db.models import F
from django.db.models.functions import Now

from accounts.errors import Conflict
from annotate.models import QueueEntry, ReviewEntry
from annotate.states import Cause, lock_entries, move
from labeltypes import registry
from labeltypes.base import Json
from labeltypes.ontology import Ontology
from projects.models import AnswerSource, TaskState, TaskSummary


@dataclass(frozen=True)
class LockedTask:
    """A task's queue row and summary, locked in this order."""

    entry: QueueEntry
    summary: TaskSummary

    @property
    def is_full(self) -> bool:
        """Whether it has as many answers as it wants."""
        return self.entry.answered >= self.entry.wanted

    @property
    def stands_above_consensus(self) -> bool:
        """Whether a person has settled the task."""
        return self.summary.source in {AnswerSource.REVIEW, AnswerSource.ADJUDICATION}

    def add_answers(self, count: int, *, slots: int = 0) -> None:
        """Count answers that come or go; ``slots`` of them also on the queue row."""
        if slots:
            QueueEntry.objects.filter(pk=self.entry.pk).update(answered=F("answered") + slots)
            self.entry.refresh_from_db(fields=["answered"])
        TaskSummary.objects.filter(pk=self.summary.pk).update(answers=F("answers") + count, updated_at=Now())

    def has_open_reviews(self) -> bool:
        """Whether an answer of the task waits for a reviewer."""
        return ReviewEntry.objects.filter(task_id=self.entry.pk, closed_at__isnull=True).exists()

    def take_back_state(self) -> None:
        """After an undo: the state that the facts speak for."""
        if self.summary.state not in {TaskState.DONE, TaskState.REWORK}:
            return
        if self.has_open_reviews():
            target = TaskState.REVIEW
        else:
            target = TaskState.ANSWERED if self.is_full else TaskState.OPEN
        move(self.summary, Cause.UNDONE, target=target)


def lock_task(task_id: int) -> LockedTask:
    """Lock a task's queue row, then its summary; Conflict for a task that is still being imported."""
    lock_entries([task_id])
    entry = QueueEntry.objects.filter(pk=task_id).first()
    if entry is None:
        raise Conflict("This task is not in the queue yet.", code="not_queued")
    return LockedTask(entry, TaskSummary.objects.select_for_update(no_key=True).get(pk=task_id))


def classes_in(value: Json, ontology: Ontology) -> list[str]:
    """Names of the classes and options that occur in an answer, sorted."""
    if not isinstance(value, dict):
        return []
    found: set[str] = set()
    for field in ontology.fields:
        if field.name in value:
            found.update(registry.get_type(field.type).labels(value[field.name], field))
    return sorted(name[:200] for name in found)
