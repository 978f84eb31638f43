"""Reads of the annotate app, chainable."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

if TYPE_CHECKING:
    # Ruff does not see the names inside of QuerySet["..."].
    from annotate.models import Annotation, Assignment, Comment, ReviewEntry  # noqa: F401


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def active_of_others(self, project_id: int, user_id: int) -> "AssignmentQuerySet":
        """What other people of the project hold, what runs out first at the top: it may come back."""
        rows = self.filter(project_id=project_id, state="active").exclude(user_id=user_id)
        return rows.order_by("expires_at")  # by an index: nobody reads the table to find one

    def locked(self, assignment_id: int) -> tuple["Assignment", datetime]:
        """Lock one assignment; with it the database's time."""
        rows: Any = self.select_for_update(of=("self",), no_key=True).annotate(now=Now())
        row = rows.get(pk=assignment_id)
        return row, row.now


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


class CommentQuerySet(models.QuerySet["Comment"]):
    def threads_of(self, user_id: int) -> "CommentQuerySet":
        """Comments in the threads that this person began: all that an annotator may read."""
        return self.filter(Q(author_id=user_id, thread__isnull=True) | Q(thread__author_id=user_id))

    def open_questions(self, project_id: int) -> "CommentQuerySet":
        """First comments of threads that wait for an answer."""
        return self.filter(
            project_id=project_id, kind="question", thread__isnull=True, resolved_at__isnull=True
        )


class ReviewEntryQuerySet(models.QuerySet["ReviewEntry"]):
    def waiting(self, project_id: int, *, reviewer_id: int, is_blind: bool) -> "ReviewEntryQuerySet":
        """What this reviewer may look at: not their own work; seeded errors only where no author is shown."""
        rows = self.filter(project_id=project_id, closed_at__isnull=True).exclude(author_id=reviewer_id)
        return rows.filter(_for(reviewer_id) if is_blind else Q(seeded__isnull=True))

    def narrowed(
        self, *, author: int | None, class_name: str | None, reason: str | None
    ) -> "ReviewEntryQuerySet":
        """Only of this author, with this class among the task's, for this reason."""
        rows = self
        if author is not None:
            rows = rows.filter(author_id=author)
        if class_name is not None:
            rows = rows.filter(task__summary__classes__contains=[class_name])
        return rows.filter(reason=reason) if reason is not None else rows


def _for(reviewer_id: int) -> Q:
    return Q(seeded__isnull=True) | Q(reviewer=reviewer_id)


class RealEntries(models.Manager["ReviewEntry"]):
    """Entries of answers that somebody gave."""

    def get_queryset(self) -> ReviewEntryQuerySet:
        """Without what was seeded."""
        return ReviewEntryQuerySet(self.model, using=self._db).filter(seeded__isnull=True)
