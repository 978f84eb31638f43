"""What in a project needs somebody: a socket that the floors above fill at start-up."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from projects.access import Capability, ProjectAccess
from projects.models import Project


@dataclass(frozen=True)
class Attention:
    """One line on the overview: how many of what, where it is dealt with, and who may."""

    count: int
    text: str
    route: str
    capability: Capability
    tone: str = "neutral"
    query: str = ""


Source = Callable[[Project], Iterable[Attention]]
_sources: list[Source] = []


def register_attention(source: Source) -> None:
    """Called once at start-up by an app that knows of something."""
    _sources.append(source)


def attention(access: ProjectAccess) -> list[Attention]:
    """What needs somebody and this person may deal with, most pressing first; only counts over 0."""
    order = {"bad": 0, "warn": 1, "neutral": 2, "good": 3}
    found = [
        item
        for source in _sources
        for item in source(access.project)
        if item.count > 0 and access.can(item.capability)
    ]
    return sorted(found, key=lambda item: order[item.tone])
