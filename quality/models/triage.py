"""What a model's scores are worth, as last measured."""

from django.db import models


class TriageMeasure(models.Model):
    """The last measurement of a project: which model on which field, and its curves.

    ``data``: ``{"classes": {code: {"points": [[threshold, share, waiting, checked, wrong], ...],
    "waiting": [count, ...], "checked": [count, ...]}}, "waiting": tasks that nobody has begun, "people": n,
    "gold": n, "chosen": n, "later": n}``; the lists of counts are histograms over [0, 1].
    """

    project = models.OneToOneField("projects.Project", on_delete=models.CASCADE, related_name="+")
    field = models.CharField(max_length=100)
    model = models.CharField(max_length=100)
    version = models.CharField(max_length=100)
    job = models.ForeignKey(
        "projects.Job", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    data = models.JSONField(default=dict)
    computed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.model} {self.version} on {self.field} of project {self.project_id}"
