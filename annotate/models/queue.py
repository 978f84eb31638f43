"""The queue: a narrow row per task, never serialized to anyone.

Exactness: ``taken`` is only raised on the locked row and only while it is below ``wanted``.
Flat cost: keys are handed out in epochs, and each person has a cursor per epoch, so that nobody
walks again over what they already had. See docs/adr/0006-queue.md.
"""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


class Pool(models.TextChoices):
    """``aside``: the queue hands it out to nobody (it is practiced on, or asked in quizzes)."""

    WORK = "work"
    GOLD = "gold"
    ASIDE = "aside"


class RankingEpoch(models.Model):
    """A stretch of order keys. Higher epochs are served first.

    Epoch 0 holds tasks in the order of import. Re-ranking (active learning, priorities) and
    reopened tasks (a lease that ran out, a skip, an answer discarded) move rows into a newer one.
    """

    project = models.ForeignKey(
        "projects.Project", on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    epoch = models.IntegerField()
    reason = models.CharField(max_length=20)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "epoch"], name="ranking_epoch_once")
        ]

    def __str__(self) -> str:
        return f"epoch {self.epoch} of project {self.project_id}"


class QueueEntry(models.Model):
    """``wanted`` slots of which ``taken`` are held or answered; ``answered`` of these have an answer.

    ``is_open`` is false while the task's state takes no more answers (blocked, done, archived).
    ``for_experts``: the queue hands it only to members who are experts.
    """

    # Made in the statement after its task and deleted before it; the check would cost a lookup a row.
    task = models.OneToOneField(
        "projects.Task",
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="queue_entry",
        db_constraint=False,
    )
    project = models.ForeignKey(
        "projects.Project", on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    pool = models.CharField(max_length=5, choices=Pool.choices, default=Pool.WORK)
    epoch = models.IntegerField(default=0)
    order_key = models.BigIntegerField()
    wanted = models.PositiveSmallIntegerField()
    taken = models.PositiveSmallIntegerField(default=0)
    answered = models.PositiveSmallIntegerField(default=0)
    is_open = models.BooleanField(default=True)
    for_experts = models.BooleanField(default=False, db_default=False)
    drawn = models.CharField(max_length=10, default="random")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(pool="gold") | Q(taken__lte=F("wanted")), name="queue_never_over_overlap"
            ),
            models.CheckConstraint(condition=Q(answered__lte=F("taken")), name="queue_answered_within_taken"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["project", "epoch", "order_key", "task"],
                condition=Q(pool="work", is_open=True, taken__lt=F("wanted"), for_experts=False),
                name="queue_open_work",
            ),
            models.Index(
                "project",
                F("epoch").desc(),
                "order_key",
                "task",
                condition=Q(pool="work", is_open=True, taken__lt=F("wanted"), for_experts=True),
                name="queue_open_experts",
            ),
            models.Index(
                fields=["project"],
                condition=Q(for_experts=True, taken__gte=F("wanted")),  # what is filled, so no draw reads it
                name="queue_for_experts",
            ),
            models.Index(
                fields=["project", "order_key", "task"],
                condition=Q(pool="gold", is_open=True),
                name="queue_open_gold",
            ),
        ]

    def __str__(self) -> str:
        return f"task {self.task_id}: {self.taken} of {self.wanted}"


class QueueCursor(models.Model):
    """How far a person has come in an epoch; epoch -1 is the row that serializes a person's own calls.

    Its key says how far their rescan has come, ``rescan_epoch`` in which epoch (none: no rescan goes on),
    ``rescanned_at`` when the last one ended; ``preferred``: tasks that the person gets first, best first.
    """

    project = models.ForeignKey(
        "projects.Project", on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    epoch = models.IntegerField()
    order_key = models.BigIntegerField(default=-1)
    task_id = models.BigIntegerField(default=0)
    rescan_epoch = models.IntegerField(null=True, blank=True)
    rescanned_at = models.DateTimeField(null=True, blank=True)
    preferred = ArrayField(models.BigIntegerField(), default=list, blank=True, db_default=[])

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "user", "epoch"], name="queue_cursor_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in epoch {self.epoch} of {self.project_id}"
