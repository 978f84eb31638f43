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

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from accounts.answered import once_answered
from annotate.models import OutboxEvent

Consume = Callable[[int, Sequence[OutboxEvent]], None]

BATCH = 200
MOST_ATTEMPTS = 5
LOCK_SPACE = 20261121  # first half of our advisory locks' numbers
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
    poke_after_commit()


def poke_after_commit() -> None:
    """Tell the worker of events once they are committed: after ``emit``, or an INSERT of one's own.

    Not before the person has their answer: the worker would take the processor from what they wait for.
    """
    transaction.on_commit(lambda: once_answered(_poker.poke))


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


def drain() -> int:
    """Carry out what waits, project by project, oldest first; return how many events were looked at.

    One worker at a time drains a project, so events stay in order and two consumers' locks never cross;
    whoever finds the project taken leaves it to the one who is there.
    """
    waiting = OutboxEvent.objects.filter(parked_at__isnull=True).order_by("project_id")
    return sum(_drain_project(pk) for pk in list(waiting.values_list("project_id", flat=True).distinct()))


def _drain_project(project_id: int) -> int:
    seen = 0
    while True:
        with transaction.atomic():
            batch = _next_batch(project_id) if _is_ours(project_id) else []
            failed = _carry_out(batch)
        seen += len(batch)
        if failed or not batch:
            return seen


def _is_ours(project_id: int) -> bool:
    """Claim the project until the end of this transaction, without waiting."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK_SPACE, project_id % 2**31])
        return bool(cursor.fetchone()[0])


def _next_batch(project_id: int) -> list[OutboxEvent]:
    waiting = OutboxEvent.objects.filter(project_id=project_id, parked_at__isnull=True)
    return list(waiting.select_for_update(skip_locked=True).order_by("attempts", "id")[:BATCH])


def _carry_out(batch: list[OutboxEvent]) -> bool:
    """Run every consumer over a locked batch of one project; remove what is done. True if any failed."""
    failures: dict[int, str] = {}
    done: dict[int, list[str]] = defaultdict(list)
    for consumer in _consumers.values():
        wanted = [event for event in batch if _is_for(consumer, event)]
        for event, error in _run(consumer, wanted) if wanted else []:
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


def _is_for(consumer: Consumer, event: OutboxEvent) -> bool:
    return event.kind in consumer.kinds and consumer.name not in event.done


def _run(consumer: Consumer, events: list[OutboxEvent]) -> list[tuple[OutboxEvent, str]]:
    """All events in one call; if that fails, each alone, so that one bad event stops no other."""
    try:
        with transaction.atomic():
            consumer.function(events[0].project_id, events)
    except Exception as error:
        if len(events) == 1:
            logger.exception("Consumer %s failed on event %s", consumer.name, events[0].pk)
            return [(events[0], f"{type(error).__name__}: {error}"[:2000])]
        return [result for event in events for result in _run(consumer, [event])]
    return [(event, "") for event in events]


def _note_failure(event: OutboxEvent, error: str, done: list[str]) -> None:
    parked = event.attempts + 1 >= MOST_ATTEMPTS
    OutboxEvent.objects.filter(pk=event.pk).update(
        attempts=F("attempts") + 1,
        error=error,
        done=[*event.done, *done],
        parked_at=Now() if parked else None,
    )
