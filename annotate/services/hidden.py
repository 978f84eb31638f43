"""Hidden gold: which gold tasks a person gets, in an order of their own.

A reviewer does not get to label what they were given with a seeded error: it would tell that it is gold.

Only the pool is known here; answers and grades live in quality. Whoever counts statements or measures time
learns nothing: the same statement runs for every draw of a project that hides gold, whatever it finds.
"""

import random
from collections import defaultdict
from collections.abc import Sequence

from accounts.statements import Prepared

# Rows on either side of a random place; choosing among several of them evens out uneven gaps between keys.
NEIGHBORS = 16

# So many rows on either side are looked at for gold that the person never had. Who had nearly all of a large
# pool finds none now and then, and works at something else: a draw does not read the pool through.
MOST_LOOKED_AT = 1_000

# How many of a person's newest closed assignments are looked at for gold that they let go.
LOOK_BACK = 50

# Place 0 holds gold that this person let go: work that was let go comes back first, and so must gold.
CANDIDATES = Prepared(
    "gold_candidates",
    f"""
WITH last AS MATERIALIZED (
    SELECT a.project_id, a.task_id, a.drawn, a.state FROM annotate_assignment a
    WHERE a.user_id = %(user)s AND a.closed_at IS NOT NULL ORDER BY a.closed_at DESC LIMIT {LOOK_BACK}
), seeded AS MATERIALIZED (
    SELECT s.task_id FROM annotate_seededanswer s
    WHERE s.project_id = %(project)s AND s.reviewer_id = %(user)s
)
SELECT 0 AS place, q.task_id FROM last JOIN annotate_queueentry q ON q.task_id = last.task_id
WHERE last.project_id = %(project)s AND last.drawn = 'gold' AND last.state IN ('expired', 'released')
  AND q.pool = 'gold' AND q.is_open
UNION ALL
SELECT start.place, near.task_id
FROM unnest(%(starts)s::bigint[]) WITH ORDINALITY AS start(key, place)
CROSS JOIN LATERAL (
    (SELECT q.task_id FROM (
         SELECT task_id FROM annotate_queueentry
         WHERE project_id = %(project)s AND pool = 'gold' AND is_open AND order_key >= start.key
         ORDER BY order_key, task_id LIMIT {MOST_LOOKED_AT}) AS q
     WHERE (SELECT a.id FROM annotate_assignment a
            WHERE a.project_id = %(project)s AND a.task_id = q.task_id AND a.user_id = %(user)s
              AND a.state IN ('active', 'submitted', 'skipped')) IS NULL
       AND q.task_id <> ALL (ARRAY(SELECT task_id FROM seeded))
     LIMIT {NEIGHBORS})
    UNION ALL
    (SELECT q.task_id FROM (
         SELECT task_id FROM annotate_queueentry
         WHERE project_id = %(project)s AND pool = 'gold' AND is_open AND order_key < start.key
         ORDER BY order_key DESC, task_id DESC LIMIT {MOST_LOOKED_AT}) AS q
     WHERE (SELECT a.id FROM annotate_assignment a
            WHERE a.project_id = %(project)s AND a.task_id = q.task_id AND a.user_id = %(user)s
              AND a.state IN ('active', 'submitted', 'skipped')) IS NULL
       AND q.task_id <> ALL (ARRAY(SELECT task_id FROM seeded))
     LIMIT {NEIGHBORS})
) AS near
""",  # noqa: S608 - only constants of this module
    project="bigint",
    user="bigint",
    starts="bigint[]",
)

KEY_RANGE = 2**62
dice = random.SystemRandom()


def toss(slots: int, share: float) -> list[bool]:
    """For each slot whether it holds gold, independently with this probability."""
    return [dice.random() < share for _ in range(slots)]


def pick_gold(project_id: int, user_id: int, tosses: Sequence[bool]) -> list[int | None]:
    """For each slot a gold task, or None where work goes. No row is locked or written.

    Where the coin says gold, one at random that this person never had. Where it says work, what comes
    first is gold that they let go, as work that was let go would.
    """
    found = _candidates(project_id, user_id, len(tosses))
    back = found[0]
    picked: list[int | None] = []
    for slot, is_gold in enumerate(tosses, start=1):
        left = [task_id for task_id in found[slot] if task_id not in picked and task_id not in back]
        if is_gold:
            picked.append(dice.choice(left) if left else None)
        else:
            picked.append(back.pop(0) if back else None)
    return picked


def random_key() -> int:
    """A place in the order of gold."""
    return dice.randrange(KEY_RANGE)


def _candidates(project_id: int, user_id: int, slots: int) -> dict[int, list[int]]:
    """Tasks by slot, counted from 1; those that come back at 0."""
    starts = [random_key() for _ in range(slots)]
    found: dict[int, list[int]] = defaultdict(list)
    for place, task_id in CANDIDATES.rows({"project": project_id, "user": user_id, "starts": starts}):
        found[place].append(task_id)
    return found
