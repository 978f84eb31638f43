"""Where one more person was asked, and why: dynamic overlap."""

from typing import ClassVar

from django.db import models


class OneMore(models.Model):
    """After so many ``answers`` a task was less sure than wanted, so its queue row got one slot more.

    ``certainty`` and ``until`` in [0, 1]; ``basis`` says what ``certainty`` is: the crowd's model or the
    votes alone. ``standing``: the slot is still there and was added by this; false once it was taken back.
    """

    project = models.ForeignKey(
        "projects.Project", on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    task = models.ForeignKey("projects.Task", on_delete=models.CASCADE, related_name="+")
    answers = models.PositiveSmallIntegerField()
    field = models.CharField(max_length=100)
    certainty = models.FloatField()
    until = models.FloatField()
    basis = models.CharField(max_length=10)
    standing = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["project", "task"], name="one_more_by_project")]

    def __str__(self) -> str:
        return f"one more than {self.answers} for task {self.task_id}"
