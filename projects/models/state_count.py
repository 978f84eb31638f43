"""How many tasks are in which state: counted as they move, so that no page counts them."""

from typing import ClassVar

from django.db import models


class StateCount(models.Model):
    """What had been folded in so far; with the changes that wait it is exact."""

    project = models.ForeignKey(
        "projects.Project", on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    state = models.CharField(max_length=10)
    number = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "state"], name="state_count_once")
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.state} in project {self.project_id}"


class StateChange(models.Model):
    """Tasks that came from one state to another (empty: made or deleted), written by triggers on the summary.

    Rows are only added and folded away: whoever moves a task waits for nobody who moves another.
    """

    project_id = models.BigIntegerField()
    old = models.CharField(max_length=10)
    new = models.CharField(max_length=10)
    number = models.BigIntegerField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["project_id"], name="state_change_by_project")]

    def __str__(self) -> str:
        return f"{self.number} from {self.old} to {self.new} in project {self.project_id}"
