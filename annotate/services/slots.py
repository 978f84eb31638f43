"""How many answers tasks want, and which tasks take answers at all."""

from collections.abc import Collection, Sequence

from django.db import connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from annotate.models import Annotation, Pool, QueueEntry, ReviewReason
from annotate.outbox import emit
from annotate.services.hidden import random_key
from annotate.services.keys import FIRST_EPOCH, bring_forward
from annotate.services.reviews import request_review
from annotate.services.submit import settle_full
from annotate.states import CLOSED, Cause, lock_entries, move, move_many
from projects.models import AnswerSource, Project, TaskState, TaskSummary

BATCH = 2_000

RESIZE = """
UPDATE annotate_queueentry SET wanted = greatest(%(wanted)s, taken)
WHERE task_id = ANY(%(tasks)s) AND project_id = %(project)s AND pool = 'work'
  AND NOT for_experts
"""

SHUFFLE = """
UPDATE annotate_queueentry SET order_key = (random() * 2^62)::bigint
WHERE task_id = ANY(%(tasks)s) AND pool = 'work' AND epoch = %(epoch)s
"""


@transaction.atomic
def set_wanted(*, project_id: int, task_ids: Collection[int], wanted: int) -> None:
    """Let each of these tasks have so many answers, but not fewer than people already hold or gave.

    More slots reopen tasks that were answered, or done by consensus alone; fewer fill open ones.
    """
    ids = sorted(task_ids)
    lock_entries(ids)
    with connection.cursor() as cursor:
        cursor.execute(RESIZE, {"wanted": wanted, "tasks": ids, "project": project_id})
    settle_slots(project_id, ids)


def next_batch(project_id: int, after: int) -> list[int]:
    """The next tasks in the pool of work after this id."""
    rows = QueueEntry.objects.filter(project_id=project_id, pool=Pool.WORK, pk__gt=after).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:BATCH])


def resize_batch(*, project: Project, after: int) -> int | None:
    """Bring the next tasks after this id to the project's overlap; None when there are no more.

    A batch at a time, so that no row is locked for long while people work.
    """
    ids = next_batch(project.pk, after)
    if not ids:
        return None
    set_wanted(project_id=project.pk, task_ids=ids, wanted=project.overlap)
    return ids[-1]


@transaction.atomic
def shuffle_batch(*, project_id: int, after: int) -> int | None:
    """Give the next tasks after this id that stand in the order of import random keys; None at the end.

    Hidden gold comes from anywhere: among items that follow one another it would stand out.
    """
    rows = QueueEntry.objects.filter(project_id=project_id, pool=Pool.WORK, epoch=FIRST_EPOCH, pk__gt=after)
    ids = list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH])
    if not ids:
        return None
    lock_entries(ids)
    with connection.cursor() as cursor:
        cursor.execute(SHUFFLE, {"tasks": ids, "epoch": FIRST_EPOCH})
    return ids[-1]


@transaction.atomic
def requeue(*, project_id: int, task_ids: Collection[int], more: int = 1) -> int:
    """Ask for more answers to these tasks (0 to 10); blocked ones take answers again, their skips forgotten.

    Return how many tasks take answers now that did not before.
    """
    ids = sorted(task_ids)
    lock_entries(ids)
    entries = QueueEntry.objects.filter(project_id=project_id, pk__in=ids)
    blocked = TaskSummary.objects.filter(project_id=project_id, task_id__in=ids, state=TaskState.BLOCKED)
    was_blocked = list(blocked.values_list("task_id", flat=True))
    blocked.update(skips=0)
    open_again = [row.pk for row in entries if row.pk in was_blocked and row.answered < row.wanted]
    count = move_many(project_id, open_again, Cause.UNBLOCKED, target=TaskState.OPEN)
    full = set(was_blocked) - set(open_again)
    move_many(project_id, full, Cause.UNBLOCKED, target=TaskState.ANSWERED)
    others = entries.exclude(pk__in=open_again)
    others.update(wanted=F("wanted") + more)
    count += move_many(project_id, list(others.values_list("pk", flat=True)), Cause.REOPENED)
    _forget_consensus(project_id, ids)
    bring_forward(project_id, ids)
    if full:
        emit("unblocked", project_id=project_id, tasks=sorted(full))
    return count


@transaction.atomic
def block(*, project_id: int, task_ids: Collection[int]) -> int:
    """Hand these tasks out to nobody until a manager decides; what people hold can still be answered."""
    return move_many(project_id, task_ids, Cause.BLOCKED)


@transaction.atomic
def archive(*, project_id: int, task_ids: Collection[int]) -> int:
    """Take tasks out of the work and the results; restoring brings them back as they were."""
    moved = move_many(project_id, task_ids, Cause.ARCHIVED)
    emit("archived", project_id=project_id, tasks=sorted(task_ids))
    return moved


@transaction.atomic
def restore(*, project_id: int, task_ids: Collection[int]) -> int:
    """Undo ``archive``."""
    moved = move_many(project_id, task_ids, Cause.RESTORED)
    emit("restored", project_id=project_id, tasks=sorted(task_ids))
    return moved


def send_to_review(*, project_id: int, task_ids: Collection[int]) -> int:
    """Have every counted answer of these tasks looked at; return how many were put into the review queue."""
    heads = Annotation.objects.counted().filter(project_id=project_id, task_id__in=task_ids, is_fix=False)
    return sum(
        request_review(annotation=head, reason=ReviewReason.REQUESTED) for head in heads.order_by("task_id")
    )


@transaction.atomic
def set_pool(*, project_id: int, task_ids: Sequence[int], pool: str) -> None:
    """Make tasks hidden gold, put them aside, or make them work again.

    Slots that people hold or filled stay counted.
    """
    ids = sorted(task_ids)
    lock_entries(ids)
    entries = QueueEntry.objects.filter(project_id=project_id, pk__in=ids)
    if pool == Pool.ASIDE:
        entries.update(pool=Pool.ASIDE)
        return
    if pool == Pool.GOLD:
        for entry in entries:
            entry.pool, entry.order_key = Pool.GOLD, random_key()
        QueueEntry.objects.bulk_update(entries, ["pool", "order_key"], batch_size=500)
        done = TaskSummary.objects.filter(task_id__in=ids, state=TaskState.DONE)
        entries.filter(pk__in=done.values("task_id")).update(is_open=True)
        return
    entries.update(pool=Pool.WORK)
    closed = TaskSummary.objects.filter(task_id__in=ids, state__in=CLOSED)
    entries.filter(pk__in=closed.values("task_id")).update(is_open=False)
    bring_forward(project_id, ids)


def settle_slots(project_id: int, ids: list[int]) -> None:
    """After ``wanted`` or ``answered`` changed: the states that follow."""
    lacking = QueueEntry.objects.filter(pk__in=ids, pool=Pool.WORK, answered__lt=F("wanted"))
    reopen = TaskSummary.objects.filter(task_id__in=lacking.values("pk")).filter(
        Q(state=TaskState.ANSWERED)
        | Q(state=TaskState.DONE, source__in=[AnswerSource.NONE, AnswerSource.CONSENSUS])
    )
    move_many(project_id, list(reopen.values_list("task_id", flat=True)), Cause.REOPENED)
    bring_forward(project_id, list(lacking.filter(taken__lt=F("wanted")).values_list("pk", flat=True)))
    full = QueueEntry.objects.filter(pk__in=ids, pool=Pool.WORK, answered__gte=F("wanted"))
    opened = TaskSummary.objects.filter(task_id__in=full.values("pk"), state=TaskState.OPEN)
    for summary in opened.select_for_update(no_key=True).order_by("task_id"):
        move(summary, Cause.FILLED)
        settle_full(summary)


def _forget_consensus(project_id: int, ids: list[int]) -> None:
    reopened = TaskSummary.objects.filter(project_id=project_id, task_id__in=ids, state=TaskState.OPEN)
    reopened.exclude(source=AnswerSource.NONE).update(value=None, source=AnswerSource.NONE, updated_at=Now())
