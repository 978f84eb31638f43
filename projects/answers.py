"""A socket for the floor above: it knows the answers, this floor must check them against a new ontology."""

from collections.abc import Callable, Iterable

from projects.models import Project
from projects.services.ontologies import StoredAnswer

AnswerSource = Callable[[Project], Iterable[StoredAnswer]]
_sources: list[AnswerSource] = []


def register_answers(source: AnswerSource) -> None:
    """Called once at start-up by the app that stores answers."""
    _sources.append(source)


def stored_answers(project: Project) -> Iterable[StoredAnswer]:
    """All answers that count in a project, in no particular order, in flat memory."""
    for source in _sources:
        yield from source(project)
