"""Tasks that a person should get before others of the same epoch: lists that the floor above writes.

The queue's rules stay: who had a task does not get it again, no task goes to more people than it wants, and
what a manager put first comes first. docs/adr/0022-assignment.md.
"""

import random
from collections.abc import Mapping, Sequence
from typing import Any

from accounts.statements import Prepared
from annotate.models import Drawn, QueueCursor
from annotate.services.found import NEVER_HAD, OPEN, Found, Picked
from annotate.services.leases import add_person

MOST = 60  # tasks on one person's list: each draw looks at all of them
BY_ORDER = 0.1  # share of the draws that take the queue's order all the same

# The rows are locked in the order of the list and the slot is taken as in ``scan.TAKE``. All or nothing:
# a draw that brought fewer, but gold beside them, would tell how much of it is gold.
TAKE_PREFERRED = f"""
WITH listed AS MATERIALIZED (
    SELECT l.task_id, l.place
    FROM annotate_queuecursor c, unnest(c.preferred) WITH ORDINALITY AS l(task_id, place)
    WHERE c.project_id = %(project)s AND c.user_id = %(user)s AND c.epoch = -1
), picked AS MATERIALIZED (
    SELECT listed.place, q.task_id FROM listed JOIN annotate_queueentry q ON q.task_id = listed.task_id
    WHERE {OPEN} AND q.epoch = %(epoch)s AND {NEVER_HAD}
    ORDER BY listed.place
    LIMIT %(look)s
    FOR UPDATE OF q SKIP LOCKED
), first AS (
    SELECT picked.task_id FROM picked ORDER BY place
    LIMIT CASE WHEN (SELECT count(*) FROM picked) = %(look)s THEN %(take)s ELSE 0 END
), taken AS (
    UPDATE annotate_queueentry q SET taken = q.taken + 1
    FROM first
    WHERE q.task_id = first.task_id AND q.taken < q.wanted AND q.is_open
    RETURNING q.task_id
)
SELECT picked.place, picked.task_id, taken.task_id IS NOT NULL
FROM picked LEFT JOIN taken ON taken.task_id = picked.task_id
ORDER BY picked.place
"""  # noqa: S608 - only constants of this program

TAKE = Prepared(
    "take_preferred",
    TAKE_PREFERRED,
    project="bigint",
    user="bigint",
    epoch="integer",
    look="integer",
    take="integer",
)

dice = random.SystemRandom()


def by_order() -> bool:
    """Whether this draw follows the queue's order, so that what was drawn so shows what no policy chose."""
    return dice.random() < BY_ORDER


def take_preferred(who: Mapping[str, Any], epoch: int, look: int, count: int) -> Found:
    """Find ``look`` tasks of the person's list in this epoch, take a slot of the first ``count``; or nothing.

    ``who``: project and user, whose row the caller has locked.
    """
    rows = TAKE.rows({**who, "epoch": epoch, "look": look, "take": count})
    picked = [Picked(task_id, Drawn.POLICY) for _, task_id, taken in rows if taken]
    return Found(picked, look if len(rows) == look else 0)


def prefer(*, project_id: int, lists: Mapping[int, Sequence[int]]) -> None:
    """Replace all lists of a project: ids of tasks by person, best first; who is not named has none.

    Raises ValueError for a list of more than ``MOST``. Each list is a statement of its own: who draws waits
    for one row at most, and half of the lists written is as good as any.
    """
    if too_long := [user for user, tasks in lists.items() if len(tasks) > MOST]:
        message = f"more than {MOST} tasks for {too_long}"
        raise ValueError(message)
    rows = QueueCursor.objects.filter(project_id=project_id, epoch=-1)
    rows.exclude(user__in=lists).exclude(preferred=[]).update(preferred=[])
    for user_id, tasks in sorted(lists.items()):
        add_person(project_id, user_id)
        rows.filter(user_id=user_id).exclude(preferred=list(tasks)).update(preferred=list(tasks))
