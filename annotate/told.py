"""What this floor records of people, in the words that they read before they join a project."""

from collections.abc import Sequence

from projects.models import Project, Role
from projects.told import register_told


def register() -> None:
    """Called once at start-up."""
    register_told(recorded)


def recorded(project: Project, role: str) -> Sequence[str]:
    """Answers and time of whoever labels; decisions of whoever reviews."""
    lines = []
    if role in (Role.REVIEWER, Role.MANAGER):
        lines.append("Each review: what you decided, changed and wrote, and when.")
    else:
        lines.append("Your answers with all versions and drafts, what you skip, ask and comment, and when.")
    lines.append(
        "The time you spend on each item. The clock stops when the page is hidden, and after a minute "
        "without a key or a movement; keystrokes and screen are not recorded."
    )
    return lines
