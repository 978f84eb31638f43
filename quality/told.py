"""What this floor records of people, in the words that they read before they join a project."""

from collections.abc import Sequence

from projects.models import GoldTest, Project, Role
from projects.told import register_told

STOPS = {
    GoldTest.FLAG: "If it objects, the managers are told, and they decide.",
    GoldTest.PAUSE: "If it objects, you get no new items until a manager has decided.",
}


def register() -> None:
    """Called once at start-up."""
    register_told(recorded)


def recorded(project: Project, role: str) -> Sequence[str]:
    """What is computed of somebody's answers or reviews, and who sees it."""
    if role in (Role.REVIEWER, Role.MANAGER):
        return ["How your decisions compare with what is known or found out later. Only managers see it."]
    lines = []
    if project.gold_share > 0 or project.gold_share_most > 0:
        lines.append(
            "How often you are right where the answer is known. Such items look like all others; you see "
            "your own figure if the project shows it."
        )
        stops = STOPS.get(GoldTest(project.gold_test))
        if stops:
            lines.append(f"A statistical test of these answers. {stops}")
    lines.append(
        "How your answers, and your time on an item, compare with those of others, and how sure that is. "
        "Managers see it; no other annotator does."
    )
    return lines
