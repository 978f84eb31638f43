"""Questions that annotators asked: each with its item; answer, settle, take the answer into the guideline."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.access import clean_id
from accounts.errors import DomainError, Forbidden, Missing
from accounts.page_tools import SignedInRequest, page
from annotate.api.people import HIDDEN, hides_authors
from annotate.items import resolve_all
from annotate.models import Comment, CommentKind
from annotate.pages.previews import preview
from annotate.services.comments import post_comment, resolve
from annotate.services.publishing import publish_answer, suggested_section
from projects.access import Capability, ProjectAccess, access_project
from projects.markdown import render_remark
from projects.shell import shell

MOST_OPEN, MOST_SETTLED = 100, 25


@page
def questions(request: SignedInRequest, project_id: str) -> HttpResponse:
    """Open threads first; POST answers, settles or publishes one."""
    access = access_project(request, project_id)
    if request.method == "POST":
        try:
            messages.success(request, _act(request, access))
        except Forbidden:
            raise
        except DomainError as refusal:
            messages.error(request, " ".join([refusal.message, *(one.message for one in refusal.fields)]))
        return redirect("questions", project_id=access.project.pk)
    threads = Comment.objects.filter(
        project=access.project, kind=CommentKind.QUESTION, thread__isnull=True
    ).select_related("task", "author", "published_in")
    waiting = threads.filter(resolved_at__isnull=True).order_by("id")[:MOST_OPEN]
    settled = threads.filter(resolved_at__isnull=False).order_by("-resolved_at")[:MOST_SETTLED]
    context = {
        "waiting": _rows(access, list(waiting)),
        "settled": _rows(access, list(settled)),
        "can_publish": access.can(Capability.CONFIGURE),
    }
    return render(request, "annotate/questions.html", shell(access, "questions", **context))


def _act(request: SignedInRequest, access: ProjectAccess) -> str:
    """Do what the button says to the thread it stands at; return what to tell."""
    rows = Comment.objects.filter(project=access.project, thread__isnull=True).select_related("task")
    thread = rows.filter(pk=clean_id(request.POST.get("thread", ""))).first()
    if thread is None:
        raise Missing
    action = request.POST.get("action")
    if action == "settle":
        resolve(comment=thread)
        return "Settled."
    if action == "publish":
        return _publish(request, access, thread)
    post_comment(
        task=thread.task,
        by=access.user,
        body=request.POST.get("body", ""),
        kind=CommentKind.ANSWER,
        thread=thread,
    )
    return "Answered. Whoever asked finds it in their inbox."


def _publish(request: SignedInRequest, access: ProjectAccess, thread: Comment) -> str:
    if not access.can(Capability.CONFIGURE):
        raise Forbidden("Only a manager changes the guideline.")
    section = request.POST.get("section", "").replace("\r\n", "\n")
    guideline = publish_answer(project=access.project, thread=thread, section=section, by=access.user)
    return f"Published in version {guideline.version} of the guideline. Everybody reads it before they go on."


def _rows(access: ProjectAccess, threads: list[Comment]) -> list[dict[str, Any]]:
    """Threads with their replies and items; the number of queries does not grow with them."""
    replies = Comment.objects.filter(thread__in=[thread.pk for thread in threads]).select_related("author")
    by_thread: dict[int, list[Comment]] = {}
    for reply in replies.order_by("id"):
        by_thread.setdefault(reply.thread_id or 0, []).append(reply)
    ontology_id = access.project.ontology_id
    items = resolve_all((thread.task, ontology_id) for thread in threads) if ontology_id else []
    shown = [preview(item.payload["media"], item.payload["data"]) for item in items]
    return [
        {
            "thread": thread,
            "asked_by": _name(access, thread),
            "replies": [
                {"html": render_remark(reply.body), "at": reply.created_at, "by": _name(access, reply)}
                for reply in by_thread.get(thread.pk, [])
            ],
            "item": item,
            "pin": _pin_text(thread.pin),
            "section": suggested_section(thread, by_thread.get(thread.pk, [])),
        }
        for thread, item in zip(threads, shown or [{"text": "", "image": ""}] * len(threads), strict=True)
    ]


def _name(access: ProjectAccess, comment: Comment) -> str:
    """Who wrote it; in blind review only one's own name, as whoever asks has probably answered the task."""
    own = comment.author_id == access.user.pk
    return comment.author.display_name if own or not hides_authors(access) else HIDDEN


def _pin_text(pin: Any) -> str:
    """The words of the place that a question is about, as the browser noted them."""
    return str(pin.get("text", "")) if isinstance(pin, dict) else ""
