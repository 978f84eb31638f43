"""Votes: narrow rows derived from annotations; can be rebuilt at any time."""

from typing import ClassVar

from django.db import models


class VoteLabel(models.Model):
    """The dictionary of a field: which integer stands for which unit and which answer."""

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="+")
    field = models.CharField(max_length=100)
    kind = models.CharField(max_length=4)
    text = models.CharField(max_length=300)
    code = models.IntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "field", "kind", "text"], name="vote_label_once"),
            models.UniqueConstraint(fields=["project", "field", "kind", "code"], name="vote_label_code_once"),
        ]

    def __str__(self) -> str:
        return f"{self.field} {self.kind} {self.text} = {self.code}"


class Vote(models.Model):
    """``unit`` and ``code`` are integers of ``VoteLabel`` (kinds ``unit`` and ``code``)."""

    project = models.ForeignKey(
        "projects.Project", on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    task_id = models.BigIntegerField()
    user_id = models.BigIntegerField()
    annotation = models.ForeignKey("annotate.Annotation", on_delete=models.CASCADE, related_name="votes")
    field = models.CharField(max_length=100)
    unit = models.IntegerField()
    code = models.IntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["annotation", "field", "unit"], name="vote_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["project", "field", "task_id"], name="vote_by_task"),
            models.Index(fields=["project", "user_id"], name="vote_by_person"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} on {self.task_id}.{self.field}: {self.code}"


class StaleTask(models.Model):
    """A mark: this task is to be judged anew. Deleted by who does that.

    A task may have several, and to set one waits for nobody: a mark that comes while a worker is at the task,
    with answers that it read before, is a row that this worker does not know and leaves for the next.
    """

    task_id = models.BigIntegerField()
    project = models.ForeignKey(
        "projects.Project", on_delete=models.CASCADE, related_name="+", db_constraint=False
    )

    class Meta:
        indexes: ClassVar = [models.Index(fields=["project", "id"], name="stale_in_order")]

    def __str__(self) -> str:
        return f"task {self.task_id} is stale"
