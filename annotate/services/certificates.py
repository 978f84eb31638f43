"""Who needs a certificate before the queue opens, and whether they have one: a column that quality writes."""

from projects.access import ROLE_CAPABILITIES, Capability
from projects.models import Membership, Project

# Whoever may see gold answers, and members without a role of their own (owners), cannot be tested by them.
EXEMPT = frozenset(role for role, rights in ROLE_CAPABILITIES.items() if Capability.MAKE_GOLD in rights)


def needs_certificate(project: Project, membership: Membership | None) -> bool:
    """Whether this person works here only with a certificate."""
    return project.needs_certificate and membership is not None and membership.role not in EXEMPT


def lacks_certificate(project: Project, membership: Membership | None) -> bool:
    """Whether they need one and have none, as of the rows in hand. The draw asks again under its lock."""
    return membership is not None and needs_certificate(project, membership) and not membership.is_certified
