"""How people appear in answers: by name, or hidden where reviewers must not know the author."""

from typing import Any

from accounts.models import User
from projects.access import Capability, ProjectAccess

HIDDEN = "somebody"


def hides_authors(access: ProjectAccess) -> bool:
    """Whether this reader must not learn whose answer it is: blind review, and no right to see people."""
    return access.project.blind_review and not access.can(Capability.SEE_PEOPLE)


def person_payload(user: User | None, *, hidden: bool) -> dict[str, Any] | None:
    """``{"id", "name"}``, or None where the author is hidden, or nobody."""
    return None if hidden or user is None else {"id": str(user.pk), "name": user.display_name}
