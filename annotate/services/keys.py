"""Order keys and the epochs they live in."""

from collections.abc import Sequence

from django.db import connection

from annotate.models import RankingEpoch

FIRST_EPOCH = 0
LAST_EPOCH = -10  # low priority: behind everything; -1 is taken by the row that serializes a person
REOPENED = "reopened"

# Microseconds of the database's clock: whatever is brought forward later gets a higher key.
NOW_KEY = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"


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
