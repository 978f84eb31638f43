"""What dynamic overlap tells the page of a task: when one more person was asked, and why."""

from collections.abc import Iterable

from annotate.task_history import Event
from projects.models import Task
from quality.models import OneMore
from quality.services.stopping import BY_MODEL

WORDS = {True: "by the model of the crowd", False: "by the votes alone, before there is a model"}


def history(task: Task) -> Iterable[Event]:
    """One event for each time, in one query."""
    for row in OneMore.objects.filter(task=task).order_by("pk"):
        yield Event(
            row.created_at,
            "user-plus",
            "Dynamic overlap",
            f"asked one more person after {row.answers} answer{'' if row.answers == 1 else 's'}",
            f"{row.field}: {row.certainty:.0%} sure ({WORDS[row.basis == BY_MODEL]}), {row.until:.1%} wanted",
        )
