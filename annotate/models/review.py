"""Second looks: what waits for a reviewer and why, and what reviewers decided."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from annotate.models.annotation import Annotation
from annotate.querysets import RealEntries, ReviewEntryQuerySet


class ReviewReason(models.TextChoices):
    RANDOM = "random"
    LOW_AGREEMENT = "low_agreement"
    LOW_TRUST = "low_trust"
    REQUESTED = "requested"
    RESUBMITTED = "resubmitted"


class Verdict(models.TextChoices):
    ACCEPT = "accept"
    FIX = "fix"
    REJECT = "reject"


class ReviewEntry(models.Model):
    """One answer that waits for a reviewer. ``detail`` is the figure behind the reason, e.g. 0.42.

    ``objects`` knows real answers only. ``shown`` has seeded errors too: without an answer and an author,
    each for one ``reviewer`` (docs/adr/0020-seeded-errors.md).
    """

    project = models.ForeignKey(
        "projects.Project", on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    annotation = models.ForeignKey(
        Annotation, on_delete=models.CASCADE, null=True, blank=True, related_name="review_entries"
    )
    task = models.ForeignKey("projects.Task", on_delete=models.CASCADE, related_name="+")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    seeded = models.OneToOneField(
        "annotate.SeededAnswer", on_delete=models.CASCADE, null=True, blank=True, related_name="entry"
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    reason = models.CharField(max_length=15, choices=ReviewReason.choices)
    detail = models.FloatField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = RealEntries()
    shown = ReviewEntryQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(annotation__isnull=False, author__isnull=False, seeded__isnull=True)
                | Q(
                    annotation__isnull=True, author__isnull=True, seeded__isnull=False, reviewer__isnull=False
                ),
                name="review_entry_real_or_seeded",
            ),
            models.UniqueConstraint(
                fields=["annotation"], condition=Q(closed_at__isnull=True), name="review_entry_open_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["project", "id"], condition=Q(closed_at__isnull=True), name="review_entry_open"
            ),
            models.Index(
                fields=["project", "author", "id"],
                condition=Q(closed_at__isnull=True),
                name="review_entry_by_author",
            ),
            models.Index(
                fields=["project", "reason", "id"],
                condition=Q(closed_at__isnull=True),
                name="review_entry_by_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"annotation {self.annotation_id} waits: {self.reason}"


class Review(models.Model):
    """A verdict on one version. ``fix`` is the reviewer's own annotation; ``pin`` the region meant."""

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="+")
    annotation = models.ForeignKey(Annotation, on_delete=models.CASCADE, related_name="reviews")
    version = models.PositiveIntegerField()
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    verdict = models.CharField(max_length=6, choices=Verdict.choices)
    code = models.CharField(max_length=60, blank=True)
    comment = models.TextField(blank=True)
    pin = models.JSONField(null=True, blank=True)
    fix = models.ForeignKey(Annotation, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=15, choices=ReviewReason.choices, default=ReviewReason.REQUESTED)
    created_at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(verdict__in=Verdict.values), name="review_verdict_known")
        ]
        indexes: ClassVar = [
            models.Index(fields=["project", "-id"], name="review_by_project"),
            models.Index(fields=["reviewer", "project", "-id"], name="review_by_reviewer"),
            # The measured accuracy reads the newest of these, and nothing but the index.
            models.Index(
                fields=["project", "-id"],
                include=["verdict"],
                condition=Q(reason="random", undone_at__isnull=True),
                name="review_random",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verdict} on annotation {self.annotation_id}"
