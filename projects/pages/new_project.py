"""The page on which a project is set up in six short steps."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from accounts.models import OrganizationMembership, OrganizationRole, User
from accounts.page_tools import SignedInRequest, page
from projects.access import projects_of
from projects.gallery import TEMPLATES
from projects.kinds import describe_kinds
from projects.models import Project, Role
from projects.samples import sample_media
from projects.settings import BY_NAME

PLAN = ("overlap", "gold_share", "review_share", "feedback")
STEPS = (
    ("data", "Data"),
    ("task", "Task"),
    ("guideline", "Guideline"),
    ("people", "People"),
    ("quality", "Quality"),
    ("launch", "Launch"),
)
MOST_PEOPLE = 500


@page
def new_project(request: SignedInRequest) -> HttpResponse:
    """Everything the browser needs; it makes the project by the same API that programs use."""
    projects_of(request)
    memberships = request.user.organization_memberships.select_related("organization")
    mine = list(memberships.order_by("organization__name", "pk"))
    chosen = request.GET.get("organization", "")
    setup = {
        "templates": [template.to_json() for template in TEMPLATES],
        "kinds": describe_kinds(),
        "samples": sample_media(),
        "organizations": [{"id": str(one.organization_id), "name": one.organization.name} for one in mine],
        "plan": {name: getattr(Project(), name) for name in PLAN},
    }
    context = {
        "title": "New project",
        "steps": STEPS,
        "setup": setup,
        "gallery": TEMPLATES,
        "organizations_of_user": [one.organization for one in mine],
        "chosen_organization": chosen,
        "people": _people(request.user, mine),
        "roles": [role for role in Role.choices if role[0] != Role.MANAGER],
        "plan": {name: BY_NAME[name] for name in PLAN},
        "breadcrumbs": [{"label": "Projects", "url": "/"}, {"label": "New project"}],
    }
    return render(request, "projects/new.html", context)


def _people(user: User, mine: list[OrganizationMembership]) -> list[dict[str, Any]]:
    """Addresses to choose from, in the organizations that this person owns; nobody else may list people."""
    owned = [one.organization_id for one in mine if one.role == OrganizationRole.OWNER]
    if not owned:
        return []
    rows = (
        User.objects.filter(organization_memberships__organization__in=owned, is_active=True)
        .exclude(pk=user.pk)
        .distinct()
        .order_by("email")
    )
    return [{"email": row.email, "name": row.display_name} for row in rows[:MOST_PEOPLE]]
