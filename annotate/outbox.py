"""The outbox: events are written in the transaction that caused them and carried out after it.

Each consumer runs in the transaction that also removes the event, so its effects in the database happen
once, however often the Celery task is delivered. What fails is tried again alone, then parked for a human.
"""

import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from annotate.models import OutboxEvent

Consume = Callable[[int, Sequence[OutboxEvent]], None]

BATCH = 200
MOST_ATTEMPTS = 5
POKE_EVERY = 0.3  # seconds
REST_AFTER_FAILURE = 30.0  # seconds without trying the broker, so that nobody's answer waits for it

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Consumer:
    """Who wants which kinds of events. ``function(project_id, events)`` must be safe to run again."""

    name: str
    kinds: frozenset[str]
    function: Consume


_consumers: dict[str, Consumer] = {}


def register_consumer(name: str, kinds: Iterable[str], function: Consume) -> None:
    """Have ``function`` called with events of these kinds, project by project; for AppConfig.ready."""
    _consumers[name] = Consumer(name, frozenset(kinds), function)


def emit(
    kind: str,
    *,
    project_id: int,
    task_id: int | None = None,
    annotation_id: int | None = None,
    user_id: int | None = None,
    **payload: Any,
) -> None:
    """Write an event; call it inside the transaction that it belongs to."""
    OutboxEvent.objects.create(
        kind=kind,
        project_id=project_id,
        task_id=task_id,
        annotation_id=annotation_id,
        user_id=user_id,
        payload=payload,
    )
    transaction.on_commit(_poker.poke)


class _Poker:
    """Tells the worker that there is something, seldom, and never at the cost of the one who asks."""

    def __init__(self) -> None:
        self._not_before = 0.0

    def poke(self) -> None:
        """Send the drain task unless one was just sent or the broker just failed; the beat comes anyway."""
        if time.monotonic() < self._not_before:
            return
        self._not_before = time.monotonic() + POKE_EVERY
        from annotate.tasks import drain_outbox

        try:
            drain_outbox.delay()
        except Exception as error:
            self._not_before = time.monotonic() + REST_AFTER_FAILURE
            logger.warning("The broker cannot be reached, the outbox waits: %s", error)


_poker = _Poker()


def drain(*, most: int = 10_000) -> int:
    """Carry out waiting events, oldest first, until there are none or ``most`` were seen; return how many."""
    seen = 0
    while seen < most:
        with transaction.atomic():
            batch = list(
                OutboxEvent.objects.select_for_update(skip_locked=True)
                .filter(parked_at__isnull=True)
                .order_by("attempts", "id")[:BATCH]
            )
            failed = _carry_out(batch)
        seen += len(batch)
        if len(batch) < BATCH or failed:
            break
    return seen


def _carry_out(batch: list[OutboxEvent]) -> bool:
    """Run every consumer over a locked batch; remove what is done. True if anything failed."""
    failures: dict[int, str] = {}
    done: dict[int, list[str]] = defaultdict(list)
    for consumer in _consumers.values():
        for project_id, events in _by_project(batch, consumer).items():
            for event, error in _run(consumer, project_id, events):
                if error:
                    failures[event.pk] = f"{consumer.name}: {error}"
                else:
                    done[event.pk].append(consumer.name)
    finished = [event.pk for event in batch if event.pk not in failures]
    OutboxEvent.objects.filter(pk__in=finished).delete()
    for event in batch:
        if event.pk in failures:
            _note_failure(event, failures[event.pk], done[event.pk])
    return bool(failures)


def _by_project(batch: list[OutboxEvent], consumer: Consumer) -> dict[int, list[OutboxEvent]]:
    grouped: dict[int, list[OutboxEvent]] = defaultdict(list)
    for event in batch:
        if event.kind in consumer.kinds and consumer.name not in event.done:
            grouped[event.project_id].append(event)
    return grouped


def _run(consumer: Consumer, project_id: int, events: list[OutboxEvent]) -> list[tuple[OutboxEvent, str]]:
    """All events in one call; if that fails, each alone, so that one bad event stops no other."""
    try:
        with transaction.atomic():
            consumer.function(project_id, events)
    except Exception as error:
        if len(events) == 1:
            logger.exception("Consumer %s failed on event %s", consumer.name, events[0].pk)
            return [(events[0], f"{type(error).__name__}: {error}"[:2000])]
        return [result for event in events for result in _run(consumer, project_id, [event])]
    return [(event, "") for event in events]


def _note_failure(event: OutboxEvent, error: str, done: list[str]) -> None:
    parked = event.attempts + 1 >= MOST_ATTEMPTS
    OutboxEvent.objects.filter(pk=event.pk).update(
        attempts=F("attempts") + 1,
        error=error,
        done=[*event.done, *done],
        parked_at=Now() if parked else None,
    )
