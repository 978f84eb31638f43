"""One line in the audit trail for everything that matters later."""

from typing import Any

from accounts.models import AuditEvent, Organization, User


def record(
    *,
    organization: Organization | int,
    actor: User | None,
    verb: str,
    subject: str = "",
    project_id: int | None = None,
    **details: Any,
) -> None:
    """Write who did what; call it inside the transaction that does it."""
    AuditEvent.objects.create(
        organization_id=organization if isinstance(organization, int) else organization.pk,
        actor=actor,
        verb=verb,
        subject=subject[:200],
        project_id=project_id,
        details=details,
    )
