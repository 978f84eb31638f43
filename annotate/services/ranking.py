"""Changing the order of the queue: active learning and priorities. Only the top is rewritten."""

import random
from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction

from annotate.models import Drawn
from annotate.services.found import OPEN
from annotate.services.keys import NOW_KEY, RANKING, bring_forward, forget_used_up, new_epoch, priority_epoch
from annotate.states import lock_entries
from projects.models import TaskSummary

MOVABLE = OPEN  # what waits for an expert has an order of its own

MOVE = f"""
WITH start AS MATERIALIZED (SELECT CASE WHEN %(after_all)s THEN {NOW_KEY} ELSE 0 END AS key)
UPDATE annotate_queueentry q SET epoch = %(epoch)s, order_key = start.key + new.place,
    drawn = coalesce(new.drawn, q.drawn)
FROM unnest(%(tasks)s::bigint[], %(drawn)s::text[]) WITH ORDINALITY AS new(task_id, drawn, place), start
WHERE q.task_id = new.task_id AND {MOVABLE}
"""  # noqa: S608 - only constants

# Whoever works on a task this moment is not waited for: it stays where it was.
LOCK_FREE = f"""
SELECT q.task_id FROM annotate_queueentry q WHERE q.task_id = ANY(%(tasks)s) AND {MOVABLE}
ORDER BY q.task_id FOR UPDATE SKIP LOCKED
"""  # noqa: S608 - only constants

SAMPLE = f"""
SELECT q.task_id FROM annotate_queueentry q WHERE {MOVABLE} ORDER BY random() LIMIT %(count)s
"""  # noqa: S608 - only constants

dice = random.SystemRandom()


@transaction.atomic
def rerank(
    *, project_id: int, task_ids: Sequence[int], drawn: str = Drawn.POLICY, random_share: float = 0.0
) -> int:
    """Put these tasks at the top of the queue in this order; return how many rows were moved.

    A share of the places (in [0, 1)) goes to tasks drawn at random among all that are open, the ranked ones
    too: whoever comes up there is marked ``random``, so that what is measured on them is unbiased.
    """
    if not 0.0 <= random_share < 1.0:
        raise ValueError("random_share must be in [0, 1)")
    wanted_random = round(len(task_ids) * random_share / (1.0 - random_share))
    sampled = _sample(project_id, wanted_random)
    taken = set(sampled)
    ranked = [task_id for task_id in task_ids if task_id not in taken]
    places = [(task_id, drawn) for task_id in ranked]
    for task_id in sampled:
        places.insert(dice.randrange(len(places) + 1), (task_id, Drawn.RANDOM))
    free = _lock_free(project_id, [task_id for task_id, _ in places])
    places = [place for place in places if place[0] in free]
    forget_used_up(project_id)
    return _move(project_id, new_epoch(project_id, RANKING), places, after_all=False)


@transaction.atomic
def prioritize(*, project_id: int, task_ids: Sequence[int], priority: int) -> None:
    """Above zero: these tasks come next; below: after all others; zero: back, at the front of the others.

    Tasks that are given the same priority one after the other keep this order.
    """
    lock_entries(task_ids)
    TaskSummary.objects.filter(project_id=project_id, task_id__in=task_ids).update(priority=priority)
    if priority == 0:
        bring_forward(project_id, sorted(task_ids))
    else:
        places = [(task_id, None) for task_id in sorted(task_ids)]
        _move(project_id, priority_epoch(project_id, priority), places, after_all=True)


def _sample(project_id: int, count: int) -> list[int]:
    if count <= 0:
        return []
    with connection.cursor() as cursor:
        cursor.execute(SAMPLE, {"project": project_id, "count": count})
        return [row[0] for row in cursor.fetchall()]


def _lock_free(project_id: int, task_ids: Sequence[int]) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(LOCK_FREE, {"project": project_id, "tasks": list(task_ids)})
        return {row[0] for row in cursor.fetchall()}


def _move(project_id: int, epoch: int, places: Sequence[tuple[int, str | None]], *, after_all: bool) -> int:
    """Give tasks that the caller has locked their places: ``after_all`` that have one in this epoch."""
    values: dict[str, Any] = {
        "epoch": epoch,
        "project": project_id,
        "tasks": [task_id for task_id, _ in places],
        "drawn": [drawn for _, drawn in places],
        "after_all": after_all,
    }
    with connection.cursor() as cursor:
        cursor.execute(MOVE, values)
        return int(cursor.rowcount)
