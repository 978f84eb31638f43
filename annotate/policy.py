"""What the floor above may decide about handing out work: filled at start-up, empty by default."""

from collections.abc import Callable
from dataclasses import dataclass

from accounts.models import User
from projects.models import Project


@dataclass(frozen=True)
class Reason:
    """Why somebody gets no tasks: a code for programs, words for people (perhaps a manager's own)."""

    code: str
    text: str = ""


Gate = Callable[[Project, User], Reason | None]
GoldShare = Callable[[Project, User], float]

_gates: dict[str, Gate] = {}
_gold_shares: list[GoldShare] = []


def register_gate(name: str, gate: Gate) -> None:
    """Let ``gate`` refuse a person tasks, with a reason (a certificate is missing, say)."""
    _gates[name] = gate


def register_gold_share(share: GoldShare) -> None:
    """Let ``share`` choose how much hidden gold a person gets, in [0, 1], not the project's setting."""
    _gold_shares[:] = [share]


def refused_by_gate(project: Project, user: User) -> Reason | None:
    """The first reason that any gate has."""
    for gate in _gates.values():
        if reason := gate(project, user):
            return reason
    return None


def gold_share(project: Project, user: User) -> float:
    """The probability that a slot holds hidden gold."""
    return _gold_shares[0](project, user) if _gold_shares else project.gold_share
