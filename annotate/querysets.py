"""Reads of the annotate app, chainable."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Case, IntegerField, Q, Value, When
from django.db.models.functions import Now

if TYPE_CHECKING:
    from annotate.models import Annotation, Assignment


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def held_by(self, project_id: int, user_id: int) -> "AssignmentQuerySet":
        """Unexpired leases: what was sent back first, then in the order in which they were given."""
        return (
            self.filter(project_id=project_id, user_id=user_id, state="active", expires_at__gt=Now())
            .annotate(
                urgency=Case(When(drawn="rework", then=Value(0)), default=Value(1), output_field=IntegerField())
            )
            .order_by("urgency", "created_at", "id")
        )

    def active_of_others(self, project_id: int, user_id: int) -> "AssignmentQuerySet":
        """What other people of the project hold: it may come back."""
        return self.filter(project_id=project_id, state="active").exclude(user_id=user_id)

    def for_payload(self) -> "AssignmentQuerySet":
        """With all that the labeling page shows of them."""
        return self.select_related("task", "draft")


class AnnotationQuerySet(models.QuerySet["Annotation"]):
    def counted(self) -> "AnnotationQuerySet":
        """Those that stand for what people think: not extra, not discarded, not sent back."""
        return self.filter(is_extra=False, discarded_at__isnull=True, rejected_at__isnull=True)

    def listed(self) -> "AnnotationQuerySet":
        """With what a list shows of each."""
        return self.select_related("user")

    def by(self, user_id: int) -> "AnnotationQuerySet":
        """One person's own."""
        return self.filter(user_id=user_id)

    def since(self, moment: object) -> "AnnotationQuerySet":
        """Made or changed at or after this moment."""
        return self.filter(Q(updated_at__gte=moment))
