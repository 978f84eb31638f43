"""A socket for the floor above: it knows the answers, this floor must check them against a new ontology."""

from collections.abc import Callable, Iterable
from typing import Protocol

from projects.models import Project
from projects.services.ontologies import StoredAnswer

AnswerSource = Callable[[Project], Iterable[StoredAnswer]]


class AnswerCounter(Protocol):
    """Counts a project's answers, no further than ``at_most``."""

    def __call__(self, project: Project, *, at_most: int | None = None) -> int:
        """The number of answers."""


_sources: list[tuple[AnswerSource, AnswerCounter]] = []


def register_answers(source: AnswerSource, counter: AnswerCounter) -> None:
    """Called once at start-up by the app that stores answers."""
    _sources.append((source, counter))


def stored_answers(project: Project) -> Iterable[StoredAnswer]:
    """All answers that count in a project, in no particular order, in flat memory."""
    for source, _ in _sources:
        yield from source(project)


def count_answers(project: Project, *, at_most: int | None = None) -> int:
    """How many ``stored_answers`` gives; with ``at_most`` no source is counted further than that."""
    return sum(counter(project, at_most=at_most) for _, counter in _sources)
