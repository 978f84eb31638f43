"""What we know of a person's accuracy on a project: an estimate with its interval."""

from typing import ClassVar

from django.conf import settings
from django.db import models


class Trust(models.Model):
    """``label`` is a class or option, or empty for all together; ``basis`` is gold or consensus.

    ``learned``: what the label type knows of the person on this field (``labeltypes.base.Crowd``).
    ``low`` and ``high`` bound the 95 % credible interval; ``n`` is the number of judgements behind it.
    """

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    field = models.CharField(max_length=100, blank=True)
    label = models.CharField(max_length=200, blank=True)
    basis = models.CharField(max_length=10)
    n = models.FloatField()
    correct = models.FloatField()
    accuracy = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    confusion = models.JSONField(default=dict)
    learned = models.JSONField(default=dict)
    computed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "user", "field", "label", "basis"], name="trust_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.accuracy:.2f} ({self.low:.2f}-{self.high:.2f})"
