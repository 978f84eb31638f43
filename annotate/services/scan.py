"""Finding work for a person: epochs from high to low, each from where the person's cursor stands.

All statements here are written by hand because their plans are the point: docs/adr/0006-queue.md shows them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import connection

from accounts.statements import Prepared
from annotate.services.found import NEVER_HAD, OPEN, Found, Picked
from annotate.services.keys import FIRST_EPOCH, LAST_EPOCH, RANKING, REOPENED
from annotate.services.preferred import take_preferred

BEYOND = "(q.order_key, q.task_id) > (%(key)s, %(after)s)"

# The order makes the planner walk the index: it would else read a table until a row of this project comes.
ANY_OPEN = f"SELECT q.task_id FROM annotate_queueentry q WHERE {OPEN} ORDER BY q.epoch DESC LIMIT 1"  # noqa: S608

# The highest epoch, below another, in which something is open beyond the person's cursor. Epochs are asked
# from the top, each from the cursor on: what was worked off before it is not seen, dead entries of the index
# least of all, and what lies below is not asked before it is needed.
# Where gold is hidden the newest epoch for reopened tasks is walked also when nothing is in it: that somebody
# let a task go shows there, and gold, which has no place in the queue, would be known by its absence.
NEXT_LEVEL = f"""
SELECT level.epoch, level.key, level.after, level.reason = %(reopened)s, level.reason NOT IN (%(ranking)s, '')
FROM (
    SELECT known.epoch, known.reason,
           coalesce(c.order_key, %(start)s) AS key, coalesce(c.task_id, 0) AS after,
           %(hides_gold)s AND known.reason = %(reopened)s AND known.epoch = max(known.epoch) OVER () AS always
    FROM (
        SELECT n.epoch, n.reason FROM annotate_rankingepoch n WHERE n.project_id = %(project)s
        UNION ALL VALUES ({FIRST_EPOCH}, ''), ({LAST_EPOCH}, 'last')
    ) AS known
    LEFT JOIN annotate_queuecursor c
        ON c.project_id = %(project)s AND c.user_id = %(user)s AND c.epoch = known.epoch
    ORDER BY known.epoch DESC
    OFFSET 0
) AS level
WHERE level.epoch < %(below)s AND (level.always OR (
    SELECT q.task_id FROM annotate_queueentry q
    WHERE {OPEN} AND q.epoch = level.epoch AND (q.order_key, q.task_id) > (level.key, level.after)
    ORDER BY q.order_key, q.task_id LIMIT 1
) IS NOT NULL)
ORDER BY level.epoch DESC
LIMIT 1
"""  # noqa: S608 - only constants

# The count on the locked row decides: the row is locked, read again, and raised in one statement. It looks at
# as many rows as there are slots and takes the first of them: at the other slots goes gold.
TAKE = f"""
WITH picked AS MATERIALIZED (
    SELECT q.order_key, q.task_id FROM annotate_queueentry q
    WHERE {OPEN} AND q.epoch = %(epoch)s AND {BEYOND} AND {NEVER_HAD}
    ORDER BY q.order_key, q.task_id
    LIMIT %(look)s
    FOR UPDATE OF q SKIP LOCKED
), first AS (
    SELECT picked.task_id FROM picked LIMIT %(take)s
), taken AS (
    UPDATE annotate_queueentry q SET taken = q.taken + 1
    FROM first
    WHERE q.task_id = first.task_id AND q.taken < q.wanted AND q.is_open
    RETURNING q.order_key, q.task_id, q.drawn
)
SELECT order_key, task_id, NULL FROM picked
UNION ALL
SELECT order_key, task_id, drawn FROM taken
"""  # noqa: S608 - only constants of this module

# The first row that this person could have but that was locked by somebody else a moment ago.
PASSED_OVER = f"""
SELECT q.order_key, q.task_id FROM annotate_queueentry q
WHERE {OPEN} AND q.epoch = %(epoch)s AND {BEYOND} AND (q.order_key, q.task_id) < (%(last_key)s, %(last_task)s)
  AND {NEVER_HAD} AND q.task_id <> ALL(%(picked)s)
ORDER BY q.order_key, q.task_id
LIMIT 1
"""  # noqa: S608 - only constants of this module

LAST_ROW = f"""
SELECT q.order_key, q.task_id FROM annotate_queueentry q
WHERE {OPEN} AND q.epoch = %(epoch)s AND {BEYOND}
ORDER BY q.order_key DESC, q.task_id DESC
LIMIT 1
"""  # noqa: S608 - only constants of this module

SAVE_CURSOR = """
INSERT INTO annotate_queuecursor (project_id, user_id, epoch, order_key, task_id)
VALUES (%(project)s, %(user)s, %(epoch)s, %(key)s, %(after)s)
ON CONFLICT (project_id, user_id, epoch)
DO UPDATE SET order_key = excluded.order_key, task_id = excluded.task_id
"""

PERSON = {"project": "bigint", "user": "bigint"}
PLACE = PERSON | {"epoch": "integer", "key": "bigint", "after": "bigint"}
FIND_LEVEL = Prepared(
    "next_level",
    NEXT_LEVEL,
    **PERSON,
    start="bigint",
    below="integer",
    reopened="text",
    ranking="text",
    hides_gold="boolean",
)
SAVE = Prepared("save_cursor", SAVE_CURSOR, **PLACE)
FIND_LAST = Prepared("last_row", LAST_ROW, **PLACE)
FIND_PASSED = Prepared(
    "passed_over", PASSED_OVER, **PLACE, last_key="bigint", last_task="bigint", picked="bigint[]"
)

START_KEY = -1
END_KEY = 2**63 - 1
ABOVE_ALL = 2**31 - 1

# Transactions that bring a task forward, or give it a priority, take their key before they commit. A cursor
# in such an epoch therefore never comes closer to now than this.
SETTLING_MICROSECONDS = 10_000_000


Place = tuple[int, int]  # order key, task


@dataclass(frozen=True)
class Level:
    """An epoch with free slots in it, and how far this person has come there.

    ``settles``: tasks are still added to it, with keys of the clock.
    """

    epoch: int
    key: int
    after: int
    is_reopened: bool
    settles: bool

    @property
    def may_choose(self) -> bool:
        """Whether a person's preferred tasks come first here: not where priorities or rankings decide."""
        return self.is_reopened or self.epoch == FIRST_EPOCH


class Scan:
    """One person's walk over the open work of a project, inside the caller's transaction."""

    def __init__(
        self, project_id: int, user_id: int, *, hides_gold: bool = False, prefers: bool = False
    ) -> None:
        self._who: dict[str, Any] = {"project": project_id, "user": user_id}
        self._hides_gold = hides_gold
        self._prefers = prefers

    def take(self, look: int, count: int) -> Found:
        """Look for up to ``look`` tasks that this person never had; take a slot of the first ``count``.

        Which statements run depends on ``look`` and on what is there, not on ``count``.
        """
        picked: list[Picked] = []
        seen = 0
        for level in self._levels():
            if self._prefers and level.may_choose:
                preferred = take_preferred(self._who, level.epoch, look - seen, count - len(picked))
                if preferred.seen:
                    return Found(picked + preferred.picked, seen + preferred.seen)
            found = self._take_at(level, look - seen, count - len(picked))
            picked += found.picked
            seen += found.seen
            if seen == look:
                break
        return Found(picked, seen)

    def has_open_rows(self) -> bool:
        """Whether any task of the project has a free slot, for whomever."""
        return bool(self._rows(ANY_OPEN))

    def _levels(self) -> Iterator[Level]:
        values = {
            "start": START_KEY,
            "below": ABOVE_ALL,
            "reopened": REOPENED,
            "ranking": RANKING,
            "hides_gold": self._hides_gold,
        }
        while rows := FIND_LEVEL.rows(self._who | values):
            level = Level(*rows[0])
            yield level
            values["below"] = level.epoch

    def _take_at(self, level: Level, look: int, count: int) -> Found:
        place = {"epoch": level.epoch, "key": level.key, "after": level.after}
        rows = take_statement(look).rows(self._who | place | {"take": count})
        taken = sorted(row for row in rows if row[2] is not None)
        seen = len(rows) - len(taken)
        self._advance(level, seen, [row[:2] for row in taken], exhausted=seen < look)
        return Found([Picked(task_id, drawn) for _, task_id, drawn in taken], seen)

    def _advance(self, level: Level, seen: int, taken: list[Place], *, exhausted: bool) -> None:
        """Move the cursor behind what was taken, but not over what was left, or locked a moment ago."""
        start = (level.key, level.after)
        place = {"epoch": level.epoch, "key": level.key, "after": level.after}
        behind = max([start, *taken])
        if exhausted and len(taken) == seen:
            behind = (END_KEY, 0)
        last = {"last_key": behind[0], "last_task": behind[1], "picked": [row[1] for row in taken]}
        missed = FIND_PASSED.rows(self._who | place | last)
        if exhausted:
            end = FIND_LAST.rows(self._who | place)
            behind = min(behind, max([start, *end, *taken]))
        if missed:
            behind = (missed[0][0], missed[0][1] - 1)
        if level.settles:
            behind = min(behind, (self._settled_key(), 0))
        if seen or behind != start or (level.is_reopened and self._hides_gold):
            SAVE.rows(self._who | {"epoch": level.epoch, "key": behind[0], "after": behind[1]})

    def _settled_key(self) -> int:
        rows = self._rows("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint")
        return int(rows[0][0]) - SETTLING_MICROSECONDS

    def _rows(self, statement: str, **values: Any) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(statement, {**self._who, **values})
            return list(cursor.fetchall())


@lru_cache(maxsize=64)
def take_statement(look: int) -> Prepared:
    """``TAKE`` for so many rows: without the number the plan would be one for a tenth of the queue."""
    return Prepared(f"take_{look}", TAKE.replace("%(look)s", str(look)), **PLACE, take="integer")
