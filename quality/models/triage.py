"""Triage: what a model's scores are worth, and which tasks are left to it under which promise."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


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


class TriageRun(models.Model):
    """A promise in force: "of what is left to this model at most ``target`` is wrong", per class.

    ``audit_share`` of what it could answer stays with people all the same, so that the promise is watched.
    Experts answer critical classes and scores below ``expert_below``; where it is null there is no such tier.
    """

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="+")
    field = models.CharField(max_length=100)
    model = models.CharField(max_length=100)
    version = models.CharField(max_length=100)
    target = models.FloatField()
    confidence = models.FloatField()
    audit_share = models.FloatField()
    critical = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    expert_below = models.FloatField(null=True, blank=True)
    to_experts = models.IntegerField(default=0)
    job = models.ForeignKey(
        "projects.Job", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project"], condition=Q(ended_at__isnull=True), name="triage_one_run"
            )
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.version} on {self.field} of project {self.project_id}"


class TriageState(models.TextChoices):
    """``people``: no threshold, or critical. ``alarm`` and ``back``: taken from the model again."""

    MODEL = "model"
    PEOPLE = "people"
    ALARM = "alarm"
    BACK = "back"


class TriageClass(models.Model):
    """One class of a run: what it rests on (``wrong`` of ``checked`` at or above ``threshold``), its counts.

    ``accepted`` were left to the model, of which ``put_back`` are with people again; ``audited`` were kept
    for them by chance. ``alarm_*``: what the audit said when the promise was found broken.
    """

    run = models.ForeignKey(TriageRun, on_delete=models.CASCADE, related_name="classes")
    code = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=TriageState.choices, default=TriageState.PEOPLE)
    threshold = models.FloatField(null=True, blank=True)
    checked = models.PositiveIntegerField(default=0)
    wrong = models.PositiveIntegerField(default=0)
    accepted = models.PositiveIntegerField(default=0)
    audited = models.PositiveIntegerField(default=0)
    put_back = models.PositiveIntegerField(default=0)
    alarm_at = models.DateTimeField(null=True, blank=True)
    alarm_checked = models.PositiveIntegerField(default=0)
    alarm_wrong = models.PositiveIntegerField(default=0)
    alarm_low = models.FloatField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "code"], name="triage_class_once"),
            models.CheckConstraint(condition=Q(state__in=TriageState.values), name="triage_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.state}"


class TriageItem(models.Model):
    """A task that was left to the model, or kept for people to audit it; ``is_back``: taken from it again."""

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="+")
    run = models.ForeignKey(TriageRun, on_delete=models.CASCADE, related_name="+", db_index=False)
    task = models.ForeignKey("projects.Task", on_delete=models.CASCADE, related_name="+")
    code = models.CharField(max_length=200)
    score = models.FloatField()
    is_audit = models.BooleanField(default=False)
    is_back = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "task"], name="triage_item_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["run", "code", "id"], condition=Q(is_audit=True), name="triage_audits"),
            models.Index(
                fields=["run", "code", "id"],
                condition=Q(is_audit=False, is_back=False),
                name="triage_accepted",
            ),
        ]

    def __str__(self) -> str:
        return f"task {self.task_id}: {self.code}"
