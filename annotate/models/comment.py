"""Questions, answers and remarks on a task, perhaps pinned to a region, span or time."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from annotate.models.assignment import Assignment
from annotate.querysets import CommentQuerySet


class CommentKind(models.TextChoices):
    QUESTION = "question"
    COMMENT = "comment"
    ANSWER = "answer"


class Comment(models.Model):
    """``thread`` is the first comment of the thread; null for that one itself.

    ``key`` is the Idempotency-Key of the request that made it, if it had one: a repeat finds it.
    """

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="+")
    task = models.ForeignKey("projects.Task", on_delete=models.CASCADE, related_name="comments")
    assignment = models.ForeignKey(
        Assignment, on_delete=models.SET_NULL, null=True, blank=True, related_name="comments"
    )
    thread = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="replies"
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=CommentKind.choices)
    body = models.TextField()
    pin = models.JSONField(null=True, blank=True)
    key = models.CharField(max_length=100, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    published_in = models.ForeignKey(
        "projects.Guideline", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = CommentQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project", "author", "key"], condition=~models.Q(key=""), name="comment_key_once"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["project", "kind", "resolved_at", "id"], name="comment_open_questions"),
            models.Index(fields=["task", "id"], name="comment_by_task"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk} on task {self.task_id}"
