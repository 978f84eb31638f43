"""Doors of this floor: who is signed in, and what they may do in an organization.

Projects have doors of their own, one floor up (projects/access), where also the table stands with
which the tests compare every route, these here included.
"""

from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from rest_framework import exceptions
from rest_framework.request import Request

from accounts.errors import Forbidden, Missing
from accounts.models import (
    ApiToken,
    Organization,
    OrganizationMembership,
    OrganizationRole,
    Scope,
)

if TYPE_CHECKING:
    from accounts.models import User

AnyRequest = HttpRequest | Request
LONGEST_ID = 18


def signed_in(request: AnyRequest, scope: Scope | None = None) -> "User":
    """The user who asks; 401 (a redirect for pages) without one, 403 for a token without the scope."""
    user: User | AnonymousUser = request.user
    if isinstance(user, AnonymousUser):
        raise exceptions.NotAuthenticated
    token = token_of(request)
    if scope is not None and token is not None and scope not in token.scopes:
        raise Forbidden(f"This token lacks the scope {scope}.", code="scope")
    return user


def token_of(request: AnyRequest) -> ApiToken | None:
    """The API token of the request; None for a browser's session."""
    auth = getattr(request, "auth", None)
    return auth if isinstance(auth, ApiToken) else None


def clean_id(value: int | str | None) -> int:
    """An id from an address or a body; what cannot be one does not exist."""
    text = str(value)
    if not text.isascii() or not text.isdigit() or len(text) > LONGEST_ID:
        raise Missing
    return int(text)


def access_organization(
    request: AnyRequest,
    organization_id: int | str | None,
    *,
    role: OrganizationRole = OrganizationRole.MEMBER,
    scope: Scope = Scope.READ,
) -> Organization:
    """Fetch an organization of the person who asks: 404 for outsiders, 403 for members below the role."""
    user, token = signed_in(request), token_of(request)
    found = (
        OrganizationMembership.objects.select_related("organization")
        .filter(organization_id=clean_id(organization_id), user=user)
        .first()
    )
    if found is None or (token and token.organization_id != found.organization_id):
        raise Missing
    signed_in(request, scope)
    if role == OrganizationRole.OWNER and found.role != OrganizationRole.OWNER:
        raise Forbidden("Only owners of the organization may do this.")
    return found.organization
