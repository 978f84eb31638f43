"""What in a project needs somebody: a socket that the floors above fill at start-up."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse

from accounts.models import User
from projects.access import Capability

# How much waits in each of these projects, by project, up to COUNTED and one; one query for all of them.
Count = Callable[[Sequence[int], User], Mapping[int, int]]
COUNTED = 10_000
PRESSING = {"bad": 0, "warn": 1, "neutral": 2, "good": 3}


@dataclass(frozen=True)
class Source:
    """One kind of thing that waits: how it is counted, where it is dealt with, and who may."""

    count: Count
    text: str
    short: tuple[str, str]  # of one, of several: "question", "questions"
    route: str
    capability: Capability
    tone: str = "neutral"
    query: str = ""


@dataclass(frozen=True)
class Attention:
    """So much of one kind waits in a project."""

    project_id: int
    source: Source
    count: int

    @property
    def url(self) -> str:
        """Where it is dealt with."""
        return reverse(self.source.route, kwargs={"project_id": self.project_id}) + self.source.query

    @property
    def number(self) -> str:
        """How much, as people read it: what is more than COUNTED was not counted on."""
        return f"{self.count:,}" if self.count <= COUNTED else f"{COUNTED:,}+"

    @property
    def short(self) -> str:
        """What it is in a word or two, after its number."""
        return self.source.short[self.count != 1]


_sources: list[Source] = []


def register_attention(source: Source) -> None:
    """Called once at start-up by an app that knows of something."""
    _sources.append(source)


def attention(rights: Mapping[int, frozenset[Capability]], user: User) -> dict[int, list[Attention]]:
    """What needs somebody in these projects and this person may deal with, most pressing first.

    ``rights`` are the person's, by project. One query per kind, however many projects; only counts over 0.
    """
    found: dict[int, list[Attention]] = {}
    for source in sorted(_sources, key=lambda each: PRESSING[each.tone]):
        theirs = [project for project, held in rights.items() if source.capability in held]
        counts = source.count(theirs, user) if theirs else {}
        for project, count in counts.items():
            if count > 0:
                found.setdefault(project, []).append(Attention(project, source, count))
    return found
