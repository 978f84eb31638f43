"""What happened to a task, from all that was kept, in the order of time."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from annotate.api.people import HIDDEN
from annotate.models import Adjudication, AnnotationVersion, Review, Skip
from projects.models import Task


@dataclass(frozen=True)
class Event:
    """One thing that somebody did."""

    at: datetime
    icon: str
    who: str
    what: str
    detail: str = ""


_sources: list[Callable[[Task], Iterable[Event]]] = []


def register_history(source: Callable[[Task], Iterable[Event]]) -> None:
    """Let a floor above tell what it did to a task, in one query. Called once at start-up."""
    _sources.append(source)


def history_of(task: Task, *, hidden: bool) -> list[Event]:
    """All events, oldest first, in four queries and those of the floors above.

    ``hidden``: authors of answers are not named.
    """
    events = [Event(task.created_at, "upload", "", "came in")]
    versions = AnnotationVersion.objects.filter(annotation__task=task).select_related("created_by")
    events += [
        Event(
            version.created_at,
            "pencil",
            _name(version.created_by, hidden),
            "answered" if version.version == 1 else f"made version {version.version}",
        )
        for version in versions
    ]
    skips = Skip.objects.filter(task=task).select_related("user")
    events += [
        Event(skip.at, "skip-forward", _name(skip.user, hidden), f"skipped: {skip.reason}", skip.comment)
        for skip in skips
    ]
    reviews = Review.objects.filter(annotation__task=task).select_related("reviewer", "annotation__user")
    for review in reviews:
        what = f"{_PAST[review.verdict]} the answer of {_name(review.annotation.user, hidden)}"
        detail = " · ".join(part for part in (review.code, review.comment) if part)
        events.append(
            Event(
                review.created_at,
                "shield-check",
                review.reviewer.display_name,
                what + _undone(review),
                detail,
            )
        )
    for decision in Adjudication.objects.filter(task=task).select_related("by"):
        undone = ", taken back since" if decision.withdrawn_at else ""
        events.append(
            Event(
                decision.created_at,
                "check",
                decision.by.display_name,
                f"gave the final answer{undone}",
                decision.reason,
            )
        )
    events += [event for source in _sources for event in source(task)]
    return sorted(events, key=lambda event: event.at)


_PAST = {"accept": "accepted", "fix": "fixed", "reject": "sent back"}


def _undone(review: Review) -> str:
    return ", taken back since" if review.undone_at else ""


def _name(person: Any, hidden: bool) -> str:
    return HIDDEN if hidden else str(person.display_name)
