"""Order keys and the epochs they live in."""

from collections.abc import Sequence

from django.db import connection

from annotate.models import RankingEpoch

FIRST_EPOCH = 0
LAST_EPOCH = -10  # low priority: behind everything; -1 is taken by the row that serializes a person
REOPENED = "reopened"
RANKING = "ranking"

# Microseconds of the database's clock: whatever is brought forward later gets a higher key.
NOW_KEY = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"

FORGET = """
WITH gone AS (
    DELETE FROM annotate_rankingepoch n
    WHERE n.project_id = %(project)s AND n.created_at < now() - interval '1 hour'
      AND n.epoch < (SELECT max(x.epoch) - 3 FROM annotate_rankingepoch x WHERE x.project_id = %(project)s)
      AND (SELECT q.task_id FROM annotate_queueentry q
           WHERE q.project_id = n.project_id AND q.pool = 'work' AND q.is_open AND q.taken < q.wanted
             AND NOT q.for_experts AND q.epoch = n.epoch ORDER BY q.order_key, q.task_id LIMIT 1) IS NULL
    RETURNING n.epoch
)
DELETE FROM annotate_queuecursor c USING gone WHERE c.project_id = %(project)s AND c.epoch = gone.epoch
"""


def reopened_epoch(project_id: int) -> int:
    """The newest epoch for reopened tasks. Every ranking makes one above itself, so this only reads."""
    newest = RankingEpoch.objects.filter(project_id=project_id).order_by("-epoch").first()
    if newest is not None and newest.reason == REOPENED:
        return newest.epoch
    epoch = newest.epoch + 1 if newest else FIRST_EPOCH + 1
    RankingEpoch.objects.bulk_create(
        [RankingEpoch(project_id=project_id, epoch=epoch, reason=REOPENED)], ignore_conflicts=True
    )
    return epoch


def new_epoch(project_id: int, reason: str) -> int:
    """An epoch above all others, with an empty one for reopened tasks above it."""
    epoch = reopened_epoch(project_id) + 1
    RankingEpoch.objects.bulk_create(
        [
            RankingEpoch(project_id=project_id, epoch=epoch, reason=reason),
            RankingEpoch(project_id=project_id, epoch=epoch + 1, reason=REOPENED),
        ]
    )
    return epoch


def priority_epoch(project_id: int, priority: int) -> int:
    """The epoch for tasks of this priority: the newest if it is of the same one, else a new one above all.

    A bulk action comes in batches: an epoch for each would be one more for everybody to look into.
    """
    if priority < 0:
        return LAST_EPOCH
    reason = f"priority {priority}"
    others = RankingEpoch.objects.filter(project_id=project_id).exclude(reason=REOPENED)
    newest = others.order_by("-epoch").first()
    return newest.epoch if newest and newest.reason == reason else new_epoch(project_id, reason)


def forget_used_up(project_id: int) -> None:
    """Drop epochs in which nothing is open, with everybody's cursors in them: every draw looks into each.

    The newest stay, and those of the last hour: a transaction that has not ended may have put a task there.
    """
    with connection.cursor() as cursor:
        cursor.execute(FORGET, {"project": project_id})


def bring_forward(project_id: int, task_ids: Sequence[int]) -> None:
    """Give tasks whose slots came back a new key, so that no cursor stands beyond it.

    Rows of gold tasks stay as they are: gold has an order of its own for each person.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE annotate_queueentry SET epoch = %s, order_key = {NOW_KEY} "  # noqa: S608 - a constant
            "WHERE task_id = ANY(%s) AND project_id = %s AND pool = 'work'",
            [reopened_epoch(project_id), list(task_ids), project_id],
        )
