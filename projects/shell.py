"""The frame around a project's pages: which organization, which projects, which tabs."""

from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from accounts.models import User
from projects.access import Capability, ProjectAccess
from projects.models import Project

# Key, label, route, the right that shows the tab. Routes of the floors above are named, not imported.
TABS: tuple[tuple[str, str, str, Capability], ...] = (
    ("overview", "Overview", "project-overview", Capability.SEE_PROJECT),
    ("data", "Data", "task-list", Capability.SEE_TASKS),
    ("label", "Label", "label", Capability.LABEL),
    ("review", "Review", "review", Capability.REVIEW),
    ("quality", "Quality", "quality", Capability.SEE_QUALITY),
    ("people", "People", "people", Capability.SEE_PEOPLE),
    ("model", "Model", "model", Capability.TRAIN),
    ("questions", "Questions", "questions", Capability.COMMENT),
    ("work", "My work", "my-work", Capability.LABEL),
    ("guideline", "Guideline", "guideline", Capability.SEE_PROJECT),
    ("import", "Import", "import", Capability.IMPORT),
    ("export", "Export", "export", Capability.EXPORT),
    ("settings", "Settings", "project-settings", Capability.CONFIGURE),
)
# Who may change the guideline finds it beside the ontology, among the settings.
IN_SETTINGS = ("guideline",)
MOST_IN_SWITCHER = 50


def shell(access: ProjectAccess, active: str, **more: Any) -> dict[str, Any]:
    """The context of a page inside a project: ``active`` is the key of its tab."""
    project = access.project
    others = Project.objects.visible_to(access.user).not_deleted().order_by("name")
    return {
        "organization": project.organization,
        "project": project,
        "role": access.role,
        "projects": [
            {"name": name, "url": _url("project-overview", pk), "active": pk == project.pk}
            for pk, name in others.values_list("pk", "name")[:MOST_IN_SWITCHER]
        ],
        "nav": tabs(access, active),
        **more,
    }


def tabs(access: ProjectAccess, active: str) -> list[dict[str, Any]]:
    """The tabs that this role may open."""
    return [
        {"key": key, "label": label, "url": _url(route, access.project.pk), "active": key == active}
        for key, label, route, capability in TABS
        if access.can(capability) and not (key in IN_SETTINGS and access.can(Capability.CONFIGURE))
    ]


def _url(route: str, project_id: int) -> str:
    try:
        return reverse(route, kwargs={"project_id": project_id})
    except NoReverseMatch:
        return reverse("project-overview", kwargs={"project_id": project_id})


def account_menu(request: HttpRequest) -> dict[str, Any]:
    """Context processor: what stands in the menu of the person, besides what allauth offers."""
    if not isinstance(request.user, User):
        return {}
    links = [
        {"label": "Profile", "url": reverse("profile"), "icon": "user"},
        {"label": "API tokens", "url": reverse("tokens"), "icon": "key"},
        {"label": "New organization", "url": reverse("organization-new"), "icon": "building-2"},
    ]
    return {"account_menu": links}
