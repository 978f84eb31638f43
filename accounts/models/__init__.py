"""People, organizations, and what lets somebody in."""

from accounts.models.audit import AuditEvent
from accounts.models.departure import Departure
from accounts.models.invitation import Invitation
from accounts.models.organization import (
    Organization,
    OrganizationMembership,
    OrganizationRole,
)
from accounts.models.request_key import RequestKey
from accounts.models.token import ApiToken, Scope
from accounts.models.user import Theme, User

__all__ = [
    "ApiToken",
    "AuditEvent",
    "Departure",
    "Invitation",
    "Organization",
    "OrganizationMembership",
    "OrganizationRole",
    "RequestKey",
    "Scope",
    "Theme",
    "User",
]
