"""The frame around the pages of quality: the project's own, and a tab for each part that one may open."""

from typing import Any

from django.urls import reverse

from projects.access import Capability, ProjectAccess
from projects.shell import shell

# Route, label, the right that shows the tab: what a manager looks at most stands first.
TABS: tuple[tuple[str, str, Capability], ...] = (
    ("quality", "State", Capability.SEE_QUALITY),
    ("agreement", "Agreement", Capability.SEE_QUALITY),
    ("difficulty", "Disagreement", Capability.SEE_TASKS),
    ("label-errors", "Label errors", Capability.SEE_TASKS),
    ("audits", "Audits", Capability.SEE_QUALITY),
    ("gold", "Gold", Capability.MAKE_GOLD),
    ("reasons", "Reasons to look", Capability.SEE_PEOPLE),
    ("methods", "Consensus", Capability.SEE_QUALITY),
    ("plan", "Answers per task", Capability.SEE_QUALITY),
    ("qualification", "Qualification", Capability.MANAGE),
    ("seeded-errors", "Seeded errors", Capability.SEE_PEOPLE),
    ("triage", "Triage", Capability.MANAGE),
)


def quality_shell(access: ProjectAccess, tab: str, **more: Any) -> dict[str, Any]:
    """The context of a page of quality: ``tab`` is its route."""
    return shell(access, "quality", quality_tabs=_tabs(access, tab, "page"), **more)


def below_quality_shell(access: ProjectAccess, tab: str, **more: Any) -> dict[str, Any]:
    """The same for a page below the one with this route."""
    return shell(access, "quality", quality_tabs=_tabs(access, tab, "true"), **more)


def _tabs(access: ProjectAccess, current: str, how: str) -> list[dict[str, str]]:
    return [
        {
            "label": label,
            "url": reverse(route, kwargs={"project_id": access.project.pk}),
            "current": how if route == current else "",
        }
        for route, label, capability in TABS
        if access.can(capability)
    ]
