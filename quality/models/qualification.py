"""Practice, quiz and certificate: what somebody has to show before the queue opens to them."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q


class Qualification(models.Model):
    """The terms of one project. Whether they hold is ``Project.needs_certificate``.

    ``class_marks``: field → class → share of that class that must be right. ``attempts_most`` 0: as many as
    somebody likes; ``validity_days`` 0: certificates do not run out. ``recalibrate``: a confirmed alarm of
    the test on gold withdraws the certificate.
    """

    project = models.OneToOneField(
        "projects.Project", on_delete=models.CASCADE, primary_key=True, related_name="qualification"
    )
    quiz_length = models.PositiveSmallIntegerField(default=10)
    pass_mark = models.FloatField(default=0.8)
    class_marks = models.JSONField(default=dict)
    cooldown_minutes = models.PositiveIntegerField(default=60)
    attempts_most = models.PositiveSmallIntegerField(default=0)
    other_items = models.BooleanField(default=True)
    validity_days = models.PositiveIntegerField(default=180)
    recalibrate = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(pass_mark__gte=0, pass_mark__lte=1, quiz_length__gte=1),
                name="qualification_terms_range",
            )
        ]

    def __str__(self) -> str:
        return f"qualification of project {self.project_id}"


class AttemptKind(models.TextChoices):
    PRACTICE = "practice"
    QUIZ = "quiz"


class QualificationAttempt(models.Model):
    """One go at the practice items or at a quiz, with the terms it began under.

    ``classes``: one ``{"field", "name", "right", "asked", "mark", "passed"}`` per class, once it is finished.
    ``forgiven_at``: it counts neither for the cool-down nor for the number of attempts any more.
    ``remarked_at``: when it was marked anew last, because a gold answer in it was corrected or withdrawn;
    ``asked`` counts what is left then, and what was passed stays passed. ``remarking`` keeps what it came to
    before (``right``, ``asked``, ``passed``) and ``for`` what it was (``corrected``, ``unfit``). It is empty
    as long as it stands as it was marked, and where that was before this was kept.
    """

    project = models.ForeignKey(
        "projects.Project", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=AttemptKind.choices)
    pass_mark = models.FloatField()
    class_marks = models.JSONField(default=dict)
    asked = models.PositiveSmallIntegerField()
    right = models.PositiveSmallIntegerField(default=0)
    passed = models.BooleanField(null=True, blank=True)
    classes = models.JSONField(default=list)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    forgiven_at = models.DateTimeField(null=True, blank=True)
    remarked_at = models.DateTimeField(null=True, blank=True)
    remarking = models.JSONField(default=dict, blank=True, db_default={})

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project", "user"],
                condition=Q(finished_at__isnull=True),
                name="qualification_one_open",
            ),
            models.CheckConstraint(condition=Q(kind__in=AttemptKind.values), name="qualification_kind_known"),
        ]
        indexes: ClassVar = [models.Index(fields=["project", "user", "-id"], name="qualification_by_person")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.user_id}: {self.right} of {self.asked}"


class QualificationAnswer(models.Model):
    """One item of an attempt, and its answer. No annotation: nothing that counts answers reads this table.

    ``classes``: one ``{"field", "name", "right"}`` for each time that a class is in the accepted answer.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    attempt = models.ForeignKey(QualificationAttempt, on_delete=models.CASCADE, related_name="answers")
    gold = models.ForeignKey("quality.GoldItem", on_delete=models.CASCADE, related_name="course_answers")
    position = models.PositiveSmallIntegerField()
    ontology = models.ForeignKey("projects.OntologyVersion", on_delete=models.CASCADE, related_name="+")
    draft = models.JSONField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(null=True, blank=True)
    value = models.JSONField(null=True, blank=True)
    seconds = models.FloatField(default=0)
    key = models.CharField(max_length=100, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    score = models.FloatField(default=0)
    correct = models.BooleanField(default=False)
    classes = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["attempt", "position"], name="qualification_position_once")
        ]

    def __str__(self) -> str:
        return f"item {self.position} of attempt {self.attempt_id}"


class Certificate(models.Model):
    """That somebody may work in the project, until when, and why. ``expires_at`` none: it does not run out.

    ``granted_by`` is none where a quiz did it, and then ``attempt`` names it. The newest one that was not
    withdrawn holds; the queue reads its copy in ``Membership.certified_until``.
    """

    project = models.ForeignKey(
        "projects.Project", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="certificates")
    attempt = models.OneToOneField(
        QualificationAttempt, on_delete=models.SET_NULL, null=True, blank=True, related_name="certificate"
    )
    granted_at = models.DateTimeField()
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    reason = models.TextField(blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    withdrawal_reason = models.TextField(blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["project", "user", "-id"], name="certificate_by_person")]

    def __str__(self) -> str:
        return f"certificate of {self.user_id} in {self.project_id}"
