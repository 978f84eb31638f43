"""Looking again at what lies behind a person's cursors, a bounded stretch at a time.

Tasks can come to lie there: an import that commits after a later one, new tasks of a project whose order is
random. Nobody may miss them, and nobody may pay for a walk over a million rows in one request.
"""

from typing import Any

from django.db import connection

from accounts.statements import Prepared
from annotate.services.found import NEVER_HAD, OPEN, STRETCH, Found, Picked
from annotate.services.scan import ABOVE_ALL, END_KEY, PERSON, PLACE

# From the end of the queue to its head, since what was missed is mostly new. The slots are taken as in
# ``scan.TAKE``: the count on the locked row decides.
LOOK_AGAIN = f"""
WITH stretch AS MATERIALIZED (
    SELECT q.project_id, q.epoch, q.order_key, q.task_id FROM annotate_queueentry q
    WHERE {OPEN} AND (q.epoch, q.order_key, q.task_id) < (%(epoch)s, %(key)s, %(after)s)
    ORDER BY q.epoch DESC, q.order_key DESC, q.task_id DESC
    LIMIT {STRETCH}
), new AS MATERIALIZED (
    SELECT q.task_id FROM stretch q WHERE {NEVER_HAD}
    ORDER BY q.epoch DESC, q.order_key DESC, q.task_id DESC
    LIMIT %(look)s
), picked AS MATERIALIZED (
    SELECT q.epoch, q.order_key, q.task_id FROM new JOIN annotate_queueentry q ON q.task_id = new.task_id
    WHERE {OPEN}
    FOR UPDATE OF q SKIP LOCKED
), first AS (
    SELECT picked.task_id FROM picked ORDER BY epoch DESC, order_key DESC, task_id DESC LIMIT %(take)s
), taken AS (
    UPDATE annotate_queueentry q SET taken = q.taken + 1
    FROM first
    WHERE q.task_id = first.task_id AND q.taken < q.wanted AND q.is_open
    RETURNING q.task_id, q.drawn
)
SELECT 'taken', NULL::integer, NULL::bigint, taken.task_id, taken.drawn, NULL::bigint FROM taken
UNION ALL
SELECT 'picked', epoch, order_key, task_id, NULL, NULL FROM picked
UNION ALL
(SELECT 'last', epoch, order_key, task_id, NULL, count(*) OVER () FROM stretch
 ORDER BY epoch, order_key, task_id LIMIT 1)
"""  # noqa: S608 - only constants of this program

WHERE_FROM = """
SELECT rescan_epoch, order_key, task_id FROM annotate_queuecursor
WHERE project_id = %(project)s AND user_id = %(user)s AND epoch = -1
"""

NOTE = """
UPDATE annotate_queuecursor
SET rescan_epoch = %(epoch)s, order_key = %(key)s, task_id = %(after)s,
    rescanned_at = CASE WHEN %(ended)s THEN now() ELSE rescanned_at END
WHERE project_id = %(project)s AND user_id = %(user)s AND epoch = -1
"""

AGAIN = Prepared("look_again", LOOK_AGAIN, **PLACE, look="integer", take="integer")
START = Prepared("rescan_from", WHERE_FROM, **PERSON)


def rescan(project_id: int, user_id: int, look: int, count: int) -> Found:
    """Look at the next stretch for up to ``look`` tasks that this person never had; take a slot of ``count``.

    The person's row is locked by the caller. The next call goes on where this one ended; at the head of the
    queue the walk ends, and the caller lets some time pass before the next one.
    """
    who: dict[str, Any] = {"project": project_id, "user": user_id}
    ((epoch, key, after),) = START.rows(who)
    if epoch is None:
        epoch, key, after = ABOVE_ALL, END_KEY, 0
    place = {"epoch": epoch, "key": key, "after": after}
    rows = AGAIN.rows(who | place | {"look": look, "take": count})
    picked = [row[1:4] for row in rows if row[0] == "picked"]
    stretch = [row for row in rows if row[0] == "last"]
    ended = not stretch or stretch[0][5] < STRETCH
    if len(picked) == look:
        _note(who, min(picked), ended=False)
    else:
        _note(who, stretch[0][1:4] if stretch and not ended else None, ended=ended)
    taken = [Picked(row[3], row[4]) for row in rows if row[0] == "taken"]
    return Found(taken, len(picked))


def _note(who: dict[str, Any], place: tuple[int, int, int] | None, *, ended: bool) -> None:
    epoch, key, after = place or (None, -1, 0)
    with connection.cursor() as cursor:
        cursor.execute(NOTE, {**who, "epoch": epoch, "key": key, "after": after, "ended": ended})
