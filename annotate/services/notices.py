"""A person's inbox."""

from collections.abc import Iterable
from typing import Any

from django.db.models.functions import Now

from annotate.models import Notice, NoticeKind


def notify(
    *, project_id: int, user_ids: Iterable[int], kind: NoticeKind, ref: str, text: str = "", **payload: Any
) -> None:
    """Put a notice into these inboxes; a second one of the same kind and ``ref`` changes nothing."""
    Notice.objects.bulk_create(
        [
            Notice(project_id=project_id, user_id=user_id, kind=kind, ref=ref, text=text, payload=payload)
            for user_id in user_ids
        ],
        ignore_conflicts=True,
    )


def acknowledge(*, project_id: int, user_id: int, notice_ids: Iterable[int]) -> int:
    """Mark a person's own notices as read; return how many were not before."""
    unread = Notice.objects.filter(project_id=project_id, user_id=user_id, read_at__isnull=True)
    return unread.filter(pk__in=list(notice_ids)).update(read_at=Now())


def withdraw(*, project_id: int, kind: NoticeKind, ref: str) -> None:
    """Take back notices of something that did not happen after all, read or not."""
    Notice.objects.filter(project_id=project_id, kind=kind, ref=ref).delete()
