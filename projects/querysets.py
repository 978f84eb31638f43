"""Reads: what somebody may see, chainable."""

from typing import TYPE_CHECKING

from django.contrib.postgres.search import SearchQuery
from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from accounts.models import User

    # Ruff does not see the names inside of QuerySet["..."].
    from projects.models import Project, Task  # noqa: F401


class ProjectQuerySet(models.QuerySet["Project"]):
    def visible_to(self, user: "User") -> "ProjectQuerySet":
        """Projects that this person is a member of, and all of the organizations they own."""
        return self.filter(
            Q(memberships__user=user)
            | Q(
                organization__memberships__user=user,
                organization__memberships__role="owner",
            )
        ).distinct()

    def not_deleted(self) -> "ProjectQuerySet":
        """Leaves out what is in its grace period before deletion."""
        return self.filter(delete_after__isnull=True)


class TaskQuerySet(models.QuerySet["Task"]):
    def of(self, project: "Project") -> "TaskQuerySet":
        """Tasks of one project, with what is known of them by now."""
        return self.filter(project=project).select_related("summary")

    def in_states(self, *states: str) -> "TaskQuerySet":
        """Tasks whose summary is in one of these states."""
        return self.filter(summary__state__in=states)

    def matching(self, text: str) -> "TaskQuerySet":
        """Full-text search over the item's data, in the words of ``websearch_to_tsquery``."""
        return self.filter(search=SearchQuery(text, config="simple", search_type="websearch"))
