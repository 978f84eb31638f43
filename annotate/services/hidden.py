"""Hidden gold: which gold tasks a person gets, in an order of their own.

Only the pool is known here; answers and grades live in quality.
"""

import random
from collections.abc import Collection

from django.db import connection

# Rows near a random place; choosing among several of them evens out uneven gaps between keys.
NEIGHBORS = 16

CANDIDATES = """
SELECT q.task_id FROM annotate_queueentry q
WHERE q.project_id = %(project)s AND q.pool = 'gold' AND q.is_open AND q.order_key >= %(start)s
  AND (SELECT a.id FROM annotate_assignment a
       WHERE a.project_id = q.project_id AND a.task_id = q.task_id AND a.user_id = %(user)s
         AND a.state IN ('active', 'submitted', 'skipped')) IS NULL
ORDER BY q.order_key, q.task_id
LIMIT %(limit)s
"""

KEY_RANGE = 2**62
dice = random.SystemRandom()


def toss(slots: int, share: float) -> list[bool]:
    """For each slot whether it holds gold, independently with this probability."""
    return [dice.random() < share for _ in range(slots)]


def pick_gold(project_id: int, user_id: int, count: int) -> list[int]:
    """Up to ``count`` gold tasks that this person never had, at random. No row is locked or written."""
    picked: list[int] = []
    while len(picked) < count:
        left = [task_id for task_id in _candidates(project_id, user_id) if task_id not in picked]
        if not left:
            break
        picked.append(dice.choice(left))
    return picked


def random_key() -> int:
    """A place in the order of gold."""
    return dice.randrange(KEY_RANGE)


def _candidates(project_id: int, user_id: int) -> Collection[int]:
    values = {"project": project_id, "user": user_id, "start": random_key(), "limit": NEIGHBORS}
    with connection.cursor() as cursor:
        cursor.execute(CANDIDATES, values)
        rows = cursor.fetchall()
        if len(rows) < NEIGHBORS:  # the order is a circle
            cursor.execute(CANDIDATES, {**values, "start": -1})
            rows += cursor.fetchall()
    return [row[0] for row in rows]
