"""Access to the routes of the accounts app and of the house itself."""

from accounts.models import OrganizationRole, Scope
from projects.access.table import InOrganization, Methods, Open, SignedIn

_OWNER = InOrganization(OrganizationRole.OWNER, Scope.MANAGE)
_OWNER_READS = InOrganization(OrganizationRole.OWNER, Scope.READ)

ACCOUNTS: dict[str, Methods] = {
    # The house: probes; /metrics checks its own bearer token and is 404 without.
    "healthz": {"GET": Open()},
    "readyz": {"GET": Open()},
    "metrics": {"GET": Open()},
    # What the API is, of any installation alike: open, as its source is.
    "schema": {"GET": Open()},
    "api-docs": {"GET": Open()},
    # API
    "api-organizations": {"GET": SignedIn(), "POST": SignedIn(Scope.MANAGE)},
    "api-organization-people": {"GET": _OWNER_READS},
    "api-organization-person": {"PATCH": _OWNER, "DELETE": _OWNER},
    "api-organization-departures": {"GET": _OWNER_READS},
    "api-organization-restore": {"POST": _OWNER},
    "api-organization-invitations": {"POST": _OWNER},
    "api-tokens": {"GET": SignedIn(), "POST": SignedIn(Scope.MANAGE)},
    "api-token": {"DELETE": SignedIn(Scope.MANAGE)},
    # Pages
    "profile": {"GET": SignedIn(), "POST": SignedIn(Scope.MANAGE)},
    "tokens": {"GET": SignedIn(), "POST": SignedIn(Scope.MANAGE)},
    "token-revoke": {"POST": SignedIn(Scope.MANAGE)},
    "organization-new": {"GET": SignedIn(), "POST": SignedIn(Scope.MANAGE)},
    "organization": {"GET": _OWNER_READS, "POST": _OWNER},
    "organization-invite": {"POST": _OWNER},
    "organization-person": {"POST": _OWNER},
    "organization-restore": {"POST": _OWNER},
    "invitation-revoke": {"POST": _OWNER},
    "invitation": {"GET": Open(), "POST": SignedIn(Scope.MANAGE)},
}
