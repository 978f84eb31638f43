"""What somebody is told of a project before they join it, and later on My work: terms, and what is recorded.

Each floor adds what it records: ``register_told`` at start-up.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from projects.models import Project, Role, Sensitive

DOES = {
    Role.ANNOTATOR: "annotator: labels items",
    Role.REVIEWER: "reviewer: checks what others labeled",
    Role.ENGINEER: "engineer: imports, exports and trains, and may label",
    Role.MANAGER: "manager: everything in the project",
}
SENSITIVE = {
    Sensitive.UNSTATED: "not stated",
    Sensitive.NONE: "none expected",
    Sensitive.POSSIBLE: "possible: some items may be disturbing",
    Sensitive.FREQUENT: "frequent: many items may be disturbing",
}


@dataclass(frozen=True)
class Told:
    """``facts``: what with its words. ``recorded``: a sentence for each thing kept about the person."""

    facts: Sequence[tuple[str, str]]
    recorded: Sequence[str]


# Sentences about what a floor records of somebody with this role in the project. No queries.
Recorder = Callable[[Project, str], Sequence[str]]
_recorders: list[Recorder] = []


def register_told(recorder: Recorder) -> None:
    """Add the sentences of one floor; called once at start-up."""
    _recorders.append(recorder)


def told(project: Project, role: str) -> Told:
    """All that somebody with this role is told. No queries."""
    facts = [
        ("Your role", DOES.get(Role(role), role)),
        ("Pay", project.pay or "not stated"),
        ("Sensitive content", SENSITIVE[Sensitive(project.sensitive)]),
    ]
    if project.needs_certificate and role in (Role.ANNOTATOR, Role.ENGINEER):
        facts.append(("Before the first item", "practice with the answers shown, then a quiz"))
    recorded = ["Your name, your e-mail address, and when you joined."]
    for recorder in reversed(_recorders):  # apps start from the top: what lies lower is said first
        recorded += recorder(project, role)
    recorded.append("The server’s log: which pages were asked for, when, and from which network address.")
    return Told(facts, recorded)
