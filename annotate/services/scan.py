"""Finding work for a person: epochs from high to low, each from where the person's cursor stands.

All statements here are written by hand because their plans are the point: docs/adr/0006-queue.md shows them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import connection

from accounts.statements import Prepared
from annotate.services.found import NEVER_HAD, OPEN, STRETCH, Found, Picked
from annotate.services.keys import FIRST_EPOCH, LAST_EPOCH, RANKING, REOPENED
from annotate.services.leases import SAVE_CURSOR
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

# The walk over one stretch, a row after the other and no further than it must: each part asks the one before
# it for the next row. So nothing is sorted here, and each step is a probe of the index with LIMIT 1: for a
# LIMIT of thousands the planner may read and sort a whole epoch, where it believes that most are small.
# What the person had is passed without a lock; a row that they could have is locked where it was found, or
# left to its holder. The count on the locked row decides: it is read again there, and raised.
# This looks at as many rows as there are slots and takes the first of them: at the other slots goes gold.
# Where there were fewer it says where the stretch ended, how many of it were new, and how long it was.
TAKE = f"""
WITH RECURSIVE stretch AS MATERIALIZED (
    (SELECT 1 AS number, q.ctid AS place, q.project_id, q.order_key, q.task_id FROM annotate_queueentry q
     WHERE {OPEN} AND q.epoch = %(epoch)s AND {BEYOND}
     ORDER BY q.order_key, q.task_id LIMIT 1)
    UNION ALL
    SELECT last.number + 1, next.* FROM stretch last CROSS JOIN LATERAL (
        SELECT q.ctid, q.project_id, q.order_key, q.task_id FROM annotate_queueentry q
        WHERE {OPEN} AND q.epoch = %(epoch)s AND (q.order_key, q.task_id) > (last.order_key, last.task_id)
        ORDER BY q.order_key, q.task_id LIMIT 1
    ) AS next WHERE last.number < %(stretch)s
), new AS MATERIALIZED (
    SELECT q.place, q.order_key, q.task_id, row_number() OVER () AS number FROM stretch q WHERE {NEVER_HAD}
), picked AS MATERIALIZED (
    SELECT new.order_key, new.task_id, new.number FROM new CROSS JOIN LATERAL (
        SELECT q.task_id FROM annotate_queueentry q
        WHERE q.ctid = new.place AND {OPEN} AND q.epoch = %(epoch)s
        FOR UPDATE SKIP LOCKED
    ) AS free
    LIMIT %(look)s
), first AS (
    SELECT picked.task_id FROM picked LIMIT %(take)s
), taken AS (
    UPDATE annotate_queueentry q SET taken = q.taken + 1
    FROM first
    WHERE q.task_id = first.task_id AND q.taken < q.wanted AND q.is_open
    RETURNING q.task_id, q.drawn
)
SELECT 'picked', order_key, task_id, NULL, number, NULL::bigint FROM picked
UNION ALL
SELECT 'taken', NULL, task_id, drawn, NULL, NULL FROM taken
UNION ALL
SELECT 'end', order_key, task_id, NULL, (SELECT count(*) FROM new), number FROM stretch
WHERE (SELECT count(*) FROM picked) < %(look)s AND number = (SELECT count(*) FROM stretch)
"""  # noqa: S608 - only constants of this module

# The first row that this person could have but that was locked by somebody else a moment ago.
PASSED_OVER = f"""
SELECT q.order_key, q.task_id FROM annotate_queueentry q
WHERE {OPEN} AND q.epoch = %(epoch)s AND {BEYOND}
  AND (q.order_key, q.task_id) <= (%(last_key)s, %(last_task)s)
  AND {NEVER_HAD} AND q.task_id <> ALL(%(picked)s)
ORDER BY q.order_key, q.task_id
LIMIT 1
"""  # noqa: S608 - only constants of this module

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
FIND_PASSED = Prepared(
    "passed_over", PASSED_OVER, **PLACE, last_key="bigint", last_task="bigint", picked="bigint[]"
)

START_KEY = -1
END_KEY = 2**63 - 1
ABOVE_ALL = 2**31 - 1

# Transactions that bring a task forward, or give it a priority, take their key before they commit. A cursor
# in such an epoch therefore never comes closer to now than this.
SETTLING_MICROSECONDS = 10_000_000

ENOUGH = 4 * STRETCH  # rows looked at in one draw

Place = tuple[int, int]  # order key, task


def before(place: Place) -> Place:
    """The last place before this one."""
    return place[0], place[1] - 1


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
    def place(self) -> Place:
        """Where this person's cursor stands."""
        return self.key, self.after

    @property
    def may_choose(self) -> bool:
        """Whether a person's preferred tasks come first here: not where priorities or rankings decide."""
        return self.is_reopened or self.epoch == FIRST_EPOCH


@dataclass(frozen=True)
class Part:
    """What the walk over one stretch brought, in its order.

    ``new``: how many rows it came by that this person could have, also those that others had locked.
    ``end``: its last row, when fewer were found than were looked for; of ``length`` rows then.
    """

    picked: list[Place]
    taken: dict[int, str]  # how it was drawn, by task
    new: int
    end: Place | None = None
    length: int = 0

    @property
    def left(self) -> list[Place]:
        """What this person could have, at slots where gold goes."""
        return [place for place in self.picked if place[1] not in self.taken]

    def reached(self, start: Place) -> Place:
        """The last place that was looked at, but before anything that was left."""
        if left := self.left:
            return before(left[0])
        return self.end or (self.picked[-1] if self.picked else start)


class Scan:
    """One person's walk over the open work of a project, inside the caller's transaction.

    It begins no stretch once it has looked at ``ENOUGH`` rows in vain; the cursor remembers where it was.
    ``move`` is where the caller has to put the cursor, with what is given out, unless it stays.
    """

    def __init__(
        self, project_id: int, user_id: int, *, hides_gold: bool = False, prefers: bool = False
    ) -> None:
        self._who: dict[str, Any] = {"project": project_id, "user": user_id}
        self._hides_gold = hides_gold
        self._prefers = prefers
        self._looked = 0
        self.move: dict[str, int] | None = None
        self._moved = False

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
            if seen == look or self._has_looked_enough:
                break
        return Found(picked, seen, goes_on=self._has_looked_enough and self._moved)

    def save(self) -> None:
        """Put the cursor where it goes now, by a statement of its own."""
        if self.move:
            SAVE_CURSOR.rows(self._who | self.move)
            self.move = None

    def has_open_rows(self) -> bool:
        """Whether any task of the project has a free slot, for whomever."""
        return bool(self._rows(ANY_OPEN))

    @property
    def _has_looked_enough(self) -> bool:
        return self._looked >= ENOUGH

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
        """Walk a stretch after the other until there is enough, or no more; then move the cursor.

        It moves behind what was looked at, but not over what was left, or locked a moment ago.
        """
        place = level.place
        stop: Place | None = None
        picked: list[Picked] = []
        seen = 0
        while True:
            part = self._walk(level.epoch, place, look - seen, count - len(picked))
            picked += [Picked(task, part.taken[task]) for _, task in part.picked if task in part.taken]
            seen += len(part.picked)
            reached = part.reached(place)
            if stop is None:
                stop = self._first_passed_over(level.epoch, place, reached, part)
            if stop is None and part.left:
                stop = reached
            if seen == look or part.end is None or part.length < STRETCH or self._has_looked_enough:
                break
            place = part.end
        self._advance(level, stop or reached, seen)
        return Found(picked, seen)

    def _walk(self, epoch: int, place: Place, look: int, count: int) -> Part:
        values = {"epoch": epoch, "key": place[0], "after": place[1]} | {"take": count, "stretch": STRETCH}
        rows = take_statement(look).rows(self._who | values)
        picked = sorted((number, key, task) for kind, key, task, _, number, _ in rows if kind == "picked")
        places = [(key, task) for _, key, task in picked]
        taken = {task: drawn for kind, _, task, drawn, _, _ in rows if kind == "taken"}
        for _, key, task, _, new, length in (row for row in rows if row[0] == "end"):
            self._looked += length
            return Part(places, taken, new, (key, task), length)
        return Part(places, taken, picked[-1][0] if picked else 0)

    def _first_passed_over(self, epoch: int, start: Place, reached: Place, part: Part) -> Place | None:
        """The place before the first row that others had locked and that may still be had, if any."""
        if part.new == len(part.picked):
            return None
        place = {"epoch": epoch, "key": start[0], "after": start[1]}
        last = {"last_key": reached[0], "last_task": reached[1], "picked": list(part.taken)}
        rows = FIND_PASSED.rows(self._who | place | last)
        return before(rows[0]) if rows else None

    def _advance(self, level: Level, behind: Place, seen: int) -> None:
        if level.settles:
            behind = min(behind, (self._settled_key(), 0))
        self._moved |= behind > level.place
        if seen or behind != level.place or (level.is_reopened and self._hides_gold):
            self.save()
            self.move = {"epoch": level.epoch, "key": behind[0], "after": behind[1]}

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
    return Prepared(
        f"take_{look}", TAKE.replace("%(look)s", str(look)), **PLACE, take="integer", stretch="integer"
    )


# Those of a page, which holds three tasks, are planned before anybody asks (config/ready_threads.py).
for slots in (1, 2, 3):
    take_statement(slots)
