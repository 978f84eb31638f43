"""Threads: questions to the manager, answers, remarks, perhaps pinned to a place in the item."""

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.errors import DomainError, FieldError
from accounts.models import User
from accounts.services.once import KeyReused
from annotate.models import Assignment, Comment, CommentKind, NoticeKind
from annotate.outbox import emit
from annotate.querysets import CommentQuerySet
from annotate.services.notices import notify
from projects.models import Guideline, Task

LONGEST = 10_000


@transaction.atomic
def post_comment(
    *,
    task: Task,
    by: User,
    body: str,
    kind: str = CommentKind.COMMENT,
    pin: dict[str, Any] | None = None,
    thread: Comment | None = None,
    assignment: Assignment | None = None,
    key: str = "",
) -> Comment:
    """Begin a thread, or add to one; whoever began it is told of an answer by somebody else.

    The same ``key`` of the same person again returns the first comment and does nothing more. Raises
    DomainError for an empty or too long body, and for an answer to nothing; KeyReused for a key that was
    used for something else.
    """
    body = body.strip()
    if not 1 <= len(body) <= LONGEST:
        raise DomainError("A comment needs words.", fields=[FieldError("body", f"1 to {LONGEST} characters")])
    if kind == CommentKind.ANSWER and thread is None:
        raise DomainError("An answer needs a question.", fields=[FieldError("thread", "is required")])
    fresh = Comment(
        project_id=task.project_id,
        task=task,
        assignment=assignment,
        thread=thread,
        author=by,
        kind=kind,
        body=body,
        pin=pin,
        key=key,
    )
    comment = _store(fresh)
    if comment is not fresh:
        return comment
    if thread is not None:
        _tell_author(thread, comment)
    emit(
        "commented",
        project_id=task.project_id,
        task_id=task.pk,
        user_id=by.pk,
        comment=comment.pk,
        comment_kind=kind,
    )
    return comment


def _store(fresh: Comment) -> Comment:
    """Insert it; else the comment that a request with the same key has made, perhaps a moment ago."""
    if repeat := _repeated(fresh):
        return repeat
    try:
        with transaction.atomic():
            fresh.save()
    except IntegrityError:
        if repeat := _repeated(fresh):
            return repeat
        raise
    return fresh


def _repeated(fresh: Comment) -> Comment | None:
    if not fresh.key:
        return None
    rows = Comment.objects.filter(project_id=fresh.project_id, author_id=fresh.author_id, key=fresh.key)
    first = rows.select_related("author").first()
    if first is not None and (first.task_id, first.body) != (fresh.task_id, fresh.body):
        raise KeyReused("This key was used for another comment; the first one stays.")
    return first


def find_thread(rows: CommentQuerySet, thread_id: int | None) -> Comment | None:
    """The first comment of the thread that a reply names; DomainError if it is not among these rows."""
    if thread_id is None:
        return None
    thread = rows.filter(pk=thread_id, thread__isnull=True).first()
    if thread is None:
        raise DomainError("Not found.", fields=[FieldError("thread", "not found")])
    return thread


@transaction.atomic
def resolve(*, comment: Comment) -> Comment:
    """Close a thread; closing it again changes nothing."""
    Comment.objects.filter(Q(pk=comment.thread_id or comment.pk), resolved_at__isnull=True).update(
        resolved_at=timezone.now()
    )
    comment.refresh_from_db()
    return comment


def note_published(*, comment: Comment, guideline: Guideline) -> None:
    """Remember which guideline version took an answer in, so that both can show it."""
    Comment.objects.filter(pk=comment.pk, project_id=guideline.project_id).update(published_in=guideline)


def _tell_author(thread: Comment, comment: Comment) -> None:
    if comment.kind == CommentKind.ANSWER:
        Comment.objects.filter(pk=thread.pk, resolved_at__isnull=True).update(resolved_at=timezone.now())
    if thread.author_id == comment.author_id:
        return
    notify(
        project_id=comment.project_id,
        user_ids=[thread.author_id],
        kind=NoticeKind.ANSWER,
        ref=f"comment:{comment.pk}",
        text=comment.body,
        question=thread.body[:500],
        assignment=str(thread.assignment_id) if thread.assignment_id else None,
    )
