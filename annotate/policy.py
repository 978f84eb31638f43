"""What the floor above may decide about handing out work: filled at start-up, empty by default."""

from collections.abc import Callable
from dataclasses import dataclass

from accounts.models import User
from projects.models import Membership, Project


@dataclass(frozen=True)
class Reason:
    """Why somebody gets no tasks: a code for programs, words for people (perhaps a manager's own)."""

    code: str
    text: str = ""


Gate = Callable[[Project, User], Reason | None]

# The share of gold for people who practice: as much as a project may have at all.
PRACTICE_SHARE = 0.5

_gates: dict[str, Gate] = {}


def register_gate(name: str, gate: Gate) -> None:
    """Let ``gate`` refuse a person tasks, with a reason."""
    _gates[name] = gate


def refused_by_gate(project: Project, user: User) -> Reason | None:
    """The first reason that any gate has."""
    for gate in _gates.values():
        if reason := gate(project, user):
            return reason
    return None


def gold_share(project: Project, membership: Membership | None) -> float:
    """The probability that a slot holds hidden gold.

    From the project's share up to its largest one, by how much it would help to know more of the person: a
    column that was fetched with the request. Nobody gets gold where the project serves none, and everybody
    some where it does, so that what is asked of the database is the same for all.
    """
    floor = project.gold_share
    if not floor or membership is None:
        return floor
    if membership.is_practicing:
        return PRACTICE_SHARE
    need = 1.0 if membership.gold_need is None else membership.gold_need
    return floor + (max(floor, project.gold_share_most) - floor) * need
