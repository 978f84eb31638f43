"""Taking an answered question into the guideline, so that everybody has the answer."""

from collections.abc import Sequence

from django.db import transaction

from accounts.errors import DomainError, FieldError
from accounts.models import User
from annotate.models import Comment, CommentKind, NoticeKind
from annotate.services.comments import note_published, resolve
from annotate.services.notices import notify
from projects.models import Guideline, Project
from projects.services.guidelines import add_guideline

HEADING = "## Questions and answers"


@transaction.atomic
def publish_answer(*, project: Project, thread: Comment, section: str, by: User) -> Guideline:
    """Add ``section`` (Markdown) under "Questions and answers" as a new version, and settle the thread.

    Whoever asked is told which version has the answer. Raises DomainError for an empty section, and for a
    thread that was published before.
    """
    section = section.strip()
    if not section:
        raise DomainError("There is nothing to publish.", fields=[FieldError("section", "is required")])
    locked = Comment.objects.select_for_update(of=("self",), no_key=True).get(pk=thread.pk)
    if locked.published_in_id is not None:
        raise DomainError("This answer is in the guideline already.")
    guideline = add_guideline(
        project=project,
        body=with_section(project.guideline.body if project.guideline else "", section),
        by=by,
        note=f"Answers a question: {thread.body}"[:200],
    )
    note_published(comment=thread, guideline=guideline)
    resolve(comment=thread)
    notify(
        project_id=project.pk,
        user_ids=[thread.author_id],
        kind=NoticeKind.ANSWER,
        ref=f"published:{thread.pk}",
        text=f"The answer is in the guideline now (version {guideline.version}).",
        question=thread.body[:500],
        guideline_version=guideline.version,
    )
    return guideline


def with_section(body: str, section: str) -> str:
    """The guideline with one more section at its end, below the heading that all of them share."""
    start = body.rstrip()
    if f"\n{HEADING}\n" not in f"\n{body}\n":
        start = f"{start}\n\n{HEADING}" if start else HEADING
    return f"{start}\n\n{section}\n"


def suggested_section(thread: Comment, replies: Sequence[Comment]) -> str:
    """Question and last answer as a section, for the manager to polish."""
    answers = [reply.body for reply in replies if reply.kind == CommentKind.ANSWER]
    question = " ".join(thread.body.split())
    return f"### {question}\n\n{answers[-1]}" if answers else ""
