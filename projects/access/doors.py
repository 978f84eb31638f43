"""Doors: each fetches what a request asks for and authorizes it in the same step.

404 for strangers with the same bytes as for what does not exist, 403 for a role that lacks the right,
401 without log-in. The rule comes from the table by the route's name and the method.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from django.db import models
from django.db.models import QuerySet
from rest_framework import exceptions

from accounts.access import AnyRequest, clean_id, signed_in, token_of
from accounts.errors import Forbidden, Missing
from accounts.models import ApiToken, Organization, User
from accounts.rows import Columns, join
from accounts.statements import Prepared
from projects.access.capabilities import Capability, rights_in
from projects.access.rules import RULES
from projects.access.table import InOrganization, InProject, Rule, SignedIn
from projects.models import Membership, Project, Role

Row = TypeVar("Row", bound=models.Model)

PROJECT = Columns(Project, "p")
ORGANIZATION = Columns(Organization, "o")
MEMBERSHIP = Columns(Membership, "m")

# The parts of a statement that finds a project, p, with what its user may do there (``ProjectAccess.read``).
# Nobody's project is found who is neither a member of it nor an owner of its organization.
ACCESS = f"w.id IS NOT NULL, {PROJECT.sql}, {ORGANIZATION.sql}, {MEMBERSHIP.sql}"
TO_ACCESS = """JOIN accounts_organization o ON o.id = p.organization_id
LEFT JOIN projects_membership m ON m.project_id = p.id AND m.user_id = %(user)s
LEFT JOIN accounts_organizationmembership w
    ON w.organization_id = p.organization_id AND w.user_id = %(user)s AND w.role = 'owner'"""
IS_LET_IN = "(m.id IS NOT NULL OR w.id IS NOT NULL)"

FIND = Prepared(
    "find_project",
    f"SELECT {ACCESS} FROM projects_project p {TO_ACCESS} WHERE p.id = %(project)s AND {IS_LET_IN}",  # noqa: S608 - only constants of this program
    project="bigint",
    user="bigint",
)


@dataclass(frozen=True)
class ProjectAccess:
    """A project and this user's role in it. ``membership`` is None for an owner who never joined."""

    project: Project
    user: User
    role: str
    membership: Membership | None

    @classmethod
    def read(cls, row: Sequence[Any], at: int, user: User) -> "ProjectAccess":
        """From the columns ``ACCESS``, which begin at this place of a row."""
        project = cast("Project", PROJECT.read(row, at + 1))
        join(project, organization=ORGANIZATION.read(row, at + 1 + len(PROJECT)))
        membership = MEMBERSHIP.read(row, at + 1 + len(PROJECT) + len(ORGANIZATION))
        role = Role.MANAGER if row[at] or membership is None else membership.role
        return cls(project, user, role, membership)

    def can(self, capability: Capability | str) -> bool:
        """Whether the role has this right here."""
        return Capability(capability) in self.rights

    @property
    def is_withheld(self) -> bool:
        """Whether this person knows of tasks only what stands in the review queue."""
        return self.role == Role.REVIEWER and self.project.withholds_tasks

    @property
    def rights(self) -> frozenset[Capability]:
        """All that the role may do here."""
        return rights_in(self.project, self.role)


def rule_of(request: AnyRequest) -> Rule:
    """The line of the table for this route and method; a route without one is closed to everybody."""
    match = request.resolver_match
    methods = RULES.get(match.view_name if match else "", {})
    method = "GET" if request.method == "HEAD" else str(request.method)
    if method not in methods:
        raise exceptions.MethodNotAllowed(method)
    return methods[method]


def check_scope(request: AnyRequest, rule: Rule) -> None:
    """A token acts never beyond its scopes; ``manage`` and the others do not imply each other."""
    token = token_of(request)
    if token is None or not isinstance(rule, SignedIn | InOrganization | InProject):
        return
    if rule.scope not in token.scopes:
        raise Forbidden(f"This token lacks the scope {rule.scope}.", code="scope")


def projects_of(request: AnyRequest) -> QuerySet[Project]:
    """All projects that the person may see, within the token's organization if there is one."""
    user = signed_in(request)
    check_scope(request, rule_of(request))
    projects = Project.objects.visible_to(user)
    token = token_of(request)
    return projects.filter(organization=token.organization_id) if token else projects


def access_project(request: AnyRequest, project_id: int | str) -> ProjectAccess:
    """Fetch a project for the rule of this route: 404 for strangers, 403 for a role without the right."""
    user, rule = signed_in(request), rule_of(request)
    return _let_in(request, rule, find_project(user, clean_id(project_id), token_of(request)))


def _let_in(request: AnyRequest, rule: Rule, access: ProjectAccess) -> ProjectAccess:
    """The access, if the rule of this route lets it in; 403 else, 404 for a token of another organization."""
    token = token_of(request)
    if token and token.organization_id != access.project.organization_id:
        raise Missing
    check_scope(request, rule)
    if isinstance(rule, InProject) and not access.can(rule.capability):
        raise Forbidden("Your role in this project does not allow this.")
    return access


def access_row(
    request: AnyRequest,
    rows: QuerySet[Row],
    row_id: int | str,
    *,
    owner: str = "user_id",
) -> tuple[Row, ProjectAccess]:
    """Fetch a row that belongs to a project, and the access to that project, for the rule of this route.

    Where the rule says ``own``, the row's ``owner`` must be the person who asks.
    """
    signed_in(request)
    return access_found(request, rows.filter(pk=clean_id(row_id)).first(), owner=owner)


def access_found(
    request: AnyRequest, row: Row | None, *, owner: str = "user_id", known: ProjectAccess | None = None
) -> tuple[Row, ProjectAccess]:
    """As ``access_row``, for a row that was fetched by other means, or not found.

    ``known``: the access to its project, read in the statement that found the row.
    """
    rule = rule_of(request)
    if row is None:
        raise Missing
    project_id = cast("Any", row).project_id
    try:
        access = _let_in(request, rule, known) if known else access_project(request, project_id)
    except Forbidden:
        # Seeded answers have no rows: that a row is refused, not missing, would tell that it is real.
        if find_project(signed_in(request), project_id, token_of(request)).is_withheld:
            raise Missing from None
        raise
    if isinstance(rule, InProject) and rule.own and getattr(row, owner) != access.user.pk:
        raise Missing
    return row, access


def find_project(user: User, project_id: int, token: ApiToken | None = None) -> ProjectAccess:
    """The project and this person's role in it; Missing for strangers. Owners count as managers."""
    rows = FIND.rows({"project": project_id, "user": user.pk})
    if not rows:
        raise Missing
    access = ProjectAccess.read(rows[0], 0, user)
    if token and token.organization_id != access.project.organization_id:
        raise Missing
    return access
