"""What the annotate app does when the floor below announces something, inside its transaction."""

from typing import Any

from django.dispatch import receiver

from annotate.models import Notice, NoticeKind
from annotate.outbox import emit
from annotate.services.held import release_all
from annotate.services.notices import notify
from projects.models import Guideline, Membership, Project
from projects.signals import (
    expert_lost,
    gold_turned_on,
    guideline_published,
    member_pause_changed,
    overlap_changed,
)


@receiver(overlap_changed)
def resize_queue(*, project: Project, **_: Any) -> None:
    """A worker gives the tasks their new number of slots, a batch at a time."""
    emit("overlap_changed", project_id=project.pk, after=0)


@receiver(gold_turned_on)
def shuffle_queue(*, project: Project, **_: Any) -> None:
    """A worker mixes the tasks that stand in the order of import, a batch at a time."""
    emit("gold_turned_on", project_id=project.pk, after=0)


@receiver(expert_lost)
def empty_experts_queue(*, project: Project, **_: Any) -> None:
    """Where nobody is an expert any more a worker gives what waits for one to everybody."""
    emit("expert_lost", project_id=project.pk)


@receiver(guideline_published)
def tell_of_guideline(*, project: Project, guideline: Guideline, **_: Any) -> None:
    """Everybody in the project finds the new version in their inbox."""
    notify(
        project_id=project.pk,
        user_ids=project.memberships.values_list("user_id", flat=True),
        kind=NoticeKind.GUIDELINE,
        ref=f"guideline:{guideline.version}",
        text=guideline.note,
        version=guideline.version,
    )


@receiver(member_pause_changed)
def follow_pause(*, membership: Membership, **_: Any) -> None:
    """Whoever is paused gives back what they hold, so that others can go on; their drafts are kept."""
    paused = membership.paused_at is not None
    if paused:
        release_all(project_id=membership.project_id, user_id=membership.user_id)
    notify(
        project_id=membership.project_id,
        user_ids=[membership.user_id],
        kind=NoticeKind.PAUSED if paused else NoticeKind.RESUMED,
        ref=f"pause:{membership.paused_at.isoformat()}" if membership.paused_at else _resume_ref(membership),
        text=membership.pause_reason,
    )


def _resume_ref(membership: Membership) -> str:
    """One notice per pause that ended."""
    pauses = Notice.objects.filter(
        project_id=membership.project_id, user_id=membership.user_id, kind=NoticeKind.PAUSED
    )
    return f"resume:{pauses.count()}"
