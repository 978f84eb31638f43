"""After the settings of dynamic overlap changed: every task that has answers is judged anew."""

from collections.abc import Sequence

from django.db import transaction

from accounts.answered import once_answered
from annotate.models import OutboxEvent, QueueEntry
from annotate.outbox import emit
from annotate.services.slots import next_batch
from quality.models import OneMore
from quality.services.votes import mark_stale


def follow_overlap(project_id: int, events: Sequence[OutboxEvent]) -> None:
    """Consumer: the queue gives this batch its new number of slots; what the rule had added goes with it."""
    ids = next_batch(project_id, _after(events))
    OneMore.objects.filter(project_id=project_id, task_id__in=ids, standing=True).update(standing=False)
    _mark(project_id, ids)


def follow_stopping(project_id: int, events: Sequence[OutboxEvent]) -> None:
    """Consumer: a batch of tasks to look at again; the rest is left to the next event."""
    ids = next_batch(project_id, _after(events))
    if ids:
        _mark(project_id, ids)
        emit("stopping_changed", project_id=project_id, after=ids[-1])


def _after(events: Sequence[OutboxEvent]) -> int:
    return min(int(event.payload.get("after", 0)) for event in events)


def _mark(project_id: int, ids: Sequence[int]) -> None:
    from quality.tasks import poke_stale

    answered = QueueEntry.objects.filter(pk__in=ids, answered__gt=0)
    mark_stale(project_id, answered.values_list("pk", flat=True))
    transaction.on_commit(lambda: once_answered(lambda: poke_stale(project_id)))
