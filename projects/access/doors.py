"""Doors: each fetches what a request asks for and authorizes it in the same step.

404 for strangers with the same bytes as for what does not exist, 403 for a role that lacks the right,
401 without log-in. The rule comes from the table by the route's name and the method.
"""

from dataclasses import dataclass
from typing import Any, TypeVar, cast

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from rest_framework import exceptions
from rest_framework.request import Request

from accounts.errors import Forbidden, Missing
from accounts.models import ApiToken, Organization, OrganizationMembership, OrganizationRole, User
from projects.access.capabilities import ROLE_CAPABILITIES, Capability
from projects.access.rules import RULES
from projects.access.table import InOrganization, InProject, Rule, SignedIn
from projects.models import Membership, Project, Role

AnyRequest = HttpRequest | Request
Row = TypeVar("Row", bound=models.Model)
LONGEST_ID = 18


@dataclass(frozen=True)
class ProjectAccess:
    """A project that this user may use, in which role. ``membership`` is None for an owner who never joined."""

    project: Project
    user: User
    role: str
    membership: Membership | None

    def can(self, capability: Capability | str) -> bool:
        """Whether the role has this right."""
        return Capability(capability) in ROLE_CAPABILITIES[self.role]


def rule_of(request: AnyRequest) -> Rule:
    """The line of the table for this route and method; a route without one is closed to everybody."""
    match = request.resolver_match
    methods = RULES.get(match.view_name if match else "", {})
    method = "GET" if request.method == "HEAD" else str(request.method)
    if method not in methods:
        raise exceptions.MethodNotAllowed(method)
    return methods[method]


def signed_in(request: AnyRequest) -> User:
    """The user who asks; 401 (a redirect for pages) without one."""
    user: User | AnonymousUser = request.user
    if isinstance(user, AnonymousUser):
        raise exceptions.NotAuthenticated()
    return user


def _token(request: AnyRequest) -> ApiToken | None:
    auth = getattr(request, "auth", None)
    return auth if isinstance(auth, ApiToken) else None


def check_scope(request: AnyRequest, rule: Rule) -> None:
    """A token acts never beyond its scopes; ``manage`` and the others do not imply each other."""
    token = _token(request)
    if token is None or not isinstance(rule, SignedIn | InOrganization | InProject):
        return
    if rule.scope not in token.scopes:
        raise Forbidden(f"This token lacks the scope {rule.scope}.", code="scope")


def projects_of(request: AnyRequest) -> QuerySet[Project]:
    """All projects that the person may see, within the token's organization if there is one."""
    user = signed_in(request)
    check_scope(request, rule_of(request))
    projects = Project.objects.visible_to(user)
    token = _token(request)
    return projects.filter(organization=token.organization_id) if token else projects


def access_organization(request: AnyRequest, organization_id: int | str | None) -> Organization:
    """Fetch an organization for the rule of this route: 404 for outsiders, 403 below the role."""
    user, rule = signed_in(request), rule_of(request)
    token = _token(request)
    found = (
        OrganizationMembership.objects.select_related("organization")
        .filter(organization_id=clean_id(organization_id), user=user)
        .first()
    )
    if found is None or (token and token.organization_id != found.organization_id):
        raise Missing
    check_scope(request, rule)
    needs_owner = isinstance(rule, InOrganization) and rule.role == OrganizationRole.OWNER
    if needs_owner and found.role != OrganizationRole.OWNER:
        raise Forbidden("Only owners of the organization may do this.")
    return found.organization


def access_project(request: AnyRequest, project_id: int | str) -> ProjectAccess:
    """Fetch a project for the rule of this route: 404 for strangers, 403 for a role without the right."""
    user, rule = signed_in(request), rule_of(request)
    access = find_project(user, clean_id(project_id), _token(request))
    check_scope(request, rule)
    if isinstance(rule, InProject) and not access.can(rule.capability):
        raise Forbidden("Your role in this project does not allow this.")
    return access


def access_row(
    request: AnyRequest, rows: QuerySet[Row], row_id: int | str, *, owner: str = "user_id"
) -> tuple[Row, ProjectAccess]:
    """Fetch a row that belongs to a project, and the access to that project, for the rule of this route.

    Where the rule says ``own``, the row's ``owner`` must be the person who asks.
    """
    signed_in(request)
    rule = rule_of(request)
    row = rows.filter(pk=clean_id(row_id)).first()
    if row is None:
        raise Missing
    access = access_project(request, cast(Any, row).project_id)
    if isinstance(rule, InProject) and rule.own and getattr(row, owner) != access.user.pk:
        raise Missing
    return row, access


def find_project(user: User, project_id: int, token: ApiToken | None = None) -> ProjectAccess:
    """The project and this person's role in it; Missing for strangers. Owners count as managers."""
    project = (
        Project.objects.select_related("organization")
        .filter(pk=project_id)
        .filter(
            Q(memberships__user=user)
            | Q(organization__memberships__user=user, organization__memberships__role="owner")
        )
        .first()
    )
    if project is None or (token and token.organization_id != project.organization_id):
        raise Missing
    membership = Membership.objects.filter(project=project, user=user).first()
    is_owner = OrganizationMembership.objects.filter(
        organization=project.organization_id, user=user, role=OrganizationRole.OWNER
    ).exists()
    role = Role.MANAGER if is_owner or membership is None else membership.role
    return ProjectAccess(project, user, role, membership)


def clean_id(value: int | str | None) -> int:
    """An id from an address or a body; what cannot be one does not exist."""
    text = str(value)
    if not text.isascii() or not text.isdigit() or len(text) > LONGEST_ID:
        raise Missing
    return int(text)
