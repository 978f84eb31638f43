"""Inter-annotator agreement per field, with intervals; the newest row of each is current."""

from typing import ClassVar

from django.db import models


class Agreement(models.Model):
    """``value`` is null where the coefficient is undefined, and ``undefined`` then says why."""

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="+")
    field = models.CharField(max_length=100)
    coefficient = models.CharField(max_length=30)
    value = models.FloatField(null=True, blank=True)
    low = models.FloatField(null=True, blank=True)
    high = models.FloatField(null=True, blank=True)
    undefined = models.CharField(max_length=200, blank=True)
    items = models.PositiveIntegerField()
    answers = models.PositiveIntegerField()
    computed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "field", "coefficient"], name="agreement_once")
        ]

    def __str__(self) -> str:
        return f"{self.coefficient} of {self.field}: {self.value}"
