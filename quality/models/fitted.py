"""What the last full run learned of the crowd as a whole, for judging single tasks at once."""

from typing import ClassVar

from django.db import models


class FittedModel(models.Model):
    """``codes`` name the classes in the order of ``marginals`` (K,) and ``pooled`` (K, K: row = truth).

    ``method``: a ``ConsensusMethod``. ``temper``: what an answer counts in the posterior of the default, and
    ``difficulty``: how far items differ in difficulty, both as ``stats.consensus.robust`` chose them.
    People's own matrices are in ``Trust.confusion`` under the same unit. ``learned``: where a label type
    learns of the crowd by itself, what it says of all; of each person in ``Trust.learned``.
    ``sums``: ``stats.trust.since_fit.CrowdSums``; of each person in ``PersonSums``. Empty: none are kept.
    """

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="+")
    field = models.CharField(max_length=100)
    unit = models.CharField(max_length=300, blank=True)
    codes = models.JSONField()
    marginals = models.JSONField()
    pooled = models.JSONField()
    temper = models.FloatField(default=1.0)
    difficulty = models.FloatField(default=0.0)
    method = models.CharField(max_length=12, default="default")
    learned = models.JSONField(default=dict)
    sums = models.JSONField(default=dict, db_default={})
    answers = models.PositiveIntegerField()
    computed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "field", "unit"], name="fitted_model_once")
        ]

    def __str__(self) -> str:
        return f"model of {self.field} {self.unit} from {self.answers} answers"
