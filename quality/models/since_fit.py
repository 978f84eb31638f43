"""What the last full run leaves so that trust by consensus can follow single answers."""

from typing import ClassVar

from django.db import models


class PersonSums(models.Model):
    """``stats.trust.since_fit.PeopleSums`` of a person on a field, as little-endian float64.

    Of its units in the order of their names; NaN where the person answered nothing of a unit.
    """

    project = models.ForeignKey(
        "projects.Project", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    user_id = models.BigIntegerField()
    field = models.CharField(max_length=100)
    sums = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "field", "user_id"], name="person_sums_once")
        ]

    def __str__(self) -> str:
        return f"sums of {self.user_id} on {self.field}"


class FittedVotes(models.Model):
    """The votes that the last fit of a field stands on, some hundreds to a row, whole tasks, by task.

    ``votes``: rows of task, person (0: gold), place of the unit, and of the code in its model.
    """

    project = models.ForeignKey(
        "projects.Project", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    field = models.CharField(max_length=100)
    first_task = models.BigIntegerField()
    votes = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "field", "first_task"], name="fitted_votes_once")
        ]

    def __str__(self) -> str:
        return f"votes on {self.field} from task {self.first_task}"


class VotesSinceFit(models.Model):
    """The votes on a task that people's sums hold now, where they are others than the fit's.

    ``votes``: unit → pairs of person (0: gold) and code. Deleted by the next full run.
    """

    project = models.ForeignKey(
        "projects.Project", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    task_id = models.BigIntegerField()
    field = models.CharField(max_length=100)
    votes = models.JSONField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "task_id", "field"], name="votes_since_fit_once")
        ]

    def __str__(self) -> str:
        return f"votes on {self.field} of task {self.task_id}"
