"""One labeling job and its quality plan."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from projects.querysets import ProjectQuerySet


class ProjectState(models.TextChoices):
    DRAFT = "draft"
    LIVE = "live"
    PAUSED = "paused"
    ARCHIVED = "archived"


class Feedback(models.TextChoices):
    """What annotators learn about their answers to gold tasks."""

    NEVER = "never"
    AGGREGATED = "aggregated"
    AT_ONCE = "at_once"


class GoldTest(models.TextChoices):
    """What happens when the sequential test on gold finds somebody too often wrong; a human decides."""

    OFF = "off"
    FLAG = "flag"
    PAUSE = "pause"


class AssignmentPolicy(models.TextChoices):
    """Who gets which open task: in the queue's order, or whoever's answer is expected to tell most."""

    BY_ORDER = "by_order"
    BY_GAIN = "by_gain"


class Sensitive(models.TextChoices):
    """How much disturbing content people must expect; they read it before they join."""

    UNSTATED = "unstated"
    NONE = "none"
    POSSIBLE = "possible"
    FREQUENT = "frequent"


class ConsensusMethod(models.TextChoices):
    """How the answers to a task become one. ``weighted`` by people's accuracy, one number a person."""

    DEFAULT = "default"
    WEIGHTED = "weighted"
    DAWID_SKENE = "dawid_skene"
    MAJORITY = "majority"


class Project(models.Model):
    """The shared row: read by everybody who works, locked by nobody who works."""

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.CASCADE, related_name="projects"
    )
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=ProjectState.choices, default=ProjectState.DRAFT)
    pause_reason = models.CharField(max_length=500, blank=True)
    delete_after = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    ontology = models.ForeignKey(
        "projects.OntologyVersion",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    guideline = models.ForeignKey(
        "projects.Guideline",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )

    # The quality plan and the way of working: what the API calls settings (projects/settings.py).
    overlap = models.PositiveSmallIntegerField(default=1)
    dynamic_overlap = models.BooleanField(default=False)
    overlap_max = models.PositiveSmallIntegerField(default=5)
    overlap_until = models.FloatField(default=0.95)
    overlap_worth = models.FloatField(default=0.0)
    overlap_field = models.CharField(max_length=100, blank=True, default="")
    consensus_method = models.CharField(
        max_length=12, choices=ConsensusMethod.choices, default=ConsensusMethod.DEFAULT
    )
    assignment_policy = models.CharField(
        max_length=10, choices=AssignmentPolicy.choices, default=AssignmentPolicy.BY_ORDER
    )
    gold_share = models.FloatField(default=0.0)
    gold_share_most = models.FloatField(default=0.0)
    gold_exposures = models.PositiveIntegerField(default=100)
    gold_test = models.CharField(max_length=5, choices=GoldTest.choices, default=GoldTest.OFF)
    gold_test_good = models.FloatField(default=0.9)
    gold_test_bad = models.FloatField(default=0.7)
    gold_test_error = models.FloatField(default=0.05)
    review_share = models.FloatField(default=0.0)
    review_below_agreement = models.FloatField(default=0.5)
    review_below_trust = models.FloatField(default=0.6)
    lease_minutes = models.PositiveIntegerField(default=60)
    hold_size = models.PositiveSmallIntegerField(default=5)
    skip_limit = models.PositiveSmallIntegerField(default=3)
    rework_hours = models.PositiveIntegerField(default=72)
    feedback = models.CharField(max_length=12, choices=Feedback.choices, default=Feedback.AGGREGATED)
    auto_submit = models.BooleanField(default=False)
    show_predictions = models.BooleanField(default=False)
    blind_review = models.BooleanField(default=False)
    allow_corrections = models.BooleanField(default=True)
    active_learning = models.BooleanField(default=False)
    random_share = models.FloatField(default=0.2)
    retrain_after = models.PositiveIntegerField(default=0)
    # What people are told before they join (projects/told.py).
    pay = models.CharField(max_length=200, blank=True, default="", db_default="")
    sensitive = models.CharField(
        max_length=10, choices=Sensitive.choices, default=Sensitive.UNSTATED, db_default="unstated"
    )

    # Whether annotators and engineers need a certificate to get work; quality writes it with the terms.
    needs_certificate = models.BooleanField(default=False)
    # Whether errors are seeded for reviewers; quality writes it with the plan of seeded errors.
    seeds_reviews = models.BooleanField(default=False)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=ProjectState.values), name="project_state_known"),
            models.CheckConstraint(
                condition=Q(overlap__gte=1, overlap__lte=100),
                name="project_overlap_range",
            ),
            models.CheckConstraint(
                condition=Q(overlap_max__gte=1, overlap_max__lte=100)
                & Q(overlap_until__gte=0.5, overlap_until__lte=0.999)
                & Q(overlap_worth__gte=0, overlap_worth__lte=0.5),
                name="project_dynamic_overlap_range",
            ),
            models.CheckConstraint(
                condition=Q(gold_share__gte=0, gold_share__lte=0.5),
                name="project_gold_share_range",
            ),
            models.CheckConstraint(
                condition=Q(review_share__gte=0, review_share__lte=1),
                name="project_review_share_range",
            ),
            models.CheckConstraint(
                condition=Q(random_share__gte=0, random_share__lte=1),
                name="project_random_share_range",
            ),
            models.CheckConstraint(
                condition=Q(hold_size__gte=1, hold_size__lte=50),
                name="project_hold_size_range",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "-created_at"], name="project_by_organization")
        ]

    @property
    def withholds_tasks(self) -> bool:
        """Whether reviewers know of tasks only what the review page shows: errors are seeded for them."""
        return self.seeds_reviews and self.blind_review

    def __str__(self) -> str:
        return self.name

    @property
    def is_over(self) -> bool:
        """Whether nothing in it goes on: archived, or being deleted."""
        return self.state == ProjectState.ARCHIVED or self.delete_after is not None

    @property
    def is_working(self) -> bool:
        """Whether the queue hands out tasks."""
        return self.state == ProjectState.LIVE and self.delete_after is None
