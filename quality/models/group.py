"""What an organization asks its people about themselves, and what they chose to say."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

LEAST_PEOPLE = 5


class GroupQuestion(models.Model):
    """Such as native language. No figure of a group of fewer than ``least`` people is ever shown.

    ``in_exports``: exports may hold labels of each group per task. It is said beside the question, and never
    changes: who answered knew it.
    """

    organization = models.ForeignKey("accounts.Organization", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    options = models.JSONField()
    in_exports = models.BooleanField(default=False)
    least = models.PositiveSmallIntegerField(default=LEAST_PEOPLE)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "name"], name="group_question_once"),
            models.CheckConstraint(condition=Q(least__gte=LEAST_PEOPLE), name="group_question_least"),
        ]

    def __str__(self) -> str:
        return f"{self.name} in organization {self.organization_id}"


class GroupAnswer(models.Model):
    """Said of oneself, of one's own will; taken back by deleting the row, which nothing else holds."""

    question = models.ForeignKey(GroupQuestion, on_delete=models.CASCADE, related_name="answers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    option = models.CharField(max_length=80)
    stated_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["question", "user"], name="group_answer_once")
        ]

    def __str__(self) -> str:
        return f"an answer to question {self.question_id}"
