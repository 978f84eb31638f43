"""What a line of the access table can say about a route and method."""

from dataclasses import dataclass

from accounts.models import OrganizationRole, Scope
from projects.access.capabilities import Capability


@dataclass(frozen=True)
class Open:
    """Anybody, also without log-in."""


@dataclass(frozen=True)
class SignedIn:
    """Everybody who is signed in; the view shows them their own things only."""

    scope: Scope = Scope.READ


@dataclass(frozen=True)
class InOrganization:
    """Members of the organization with at least this role."""

    role: OrganizationRole = OrganizationRole.MEMBER
    scope: Scope = Scope.READ


@dataclass(frozen=True)
class InProject:
    """Members of the project whose role has the right.

    ``own``: the row must moreover be the person's own (an assignment, an annotation): 404 otherwise.
    """

    capability: Capability
    scope: Scope
    own: bool = False


Rule = Open | SignedIn | InOrganization | InProject
Methods = dict[str, Rule]


def read(capability: Capability, *, own: bool = False) -> InProject:
    """A right that a token with the scope ``read`` may use."""
    return InProject(capability, Scope.READ, own)


def label(*, own: bool = True) -> InProject:
    """The right to label, for tokens with the scope ``annotate``."""
    return InProject(Capability.LABEL, Scope.ANNOTATE, own)


def annotate(capability: Capability) -> InProject:
    """A right around answers (reviews, comments, gold) for tokens with the scope ``annotate``."""
    return InProject(capability, Scope.ANNOTATE)


def export(capability: Capability = Capability.EXPORT) -> InProject:
    """The right to take data out, for tokens with the scope ``export``."""
    return InProject(capability, Scope.EXPORT)


def manage(capability: Capability = Capability.MANAGE) -> InProject:
    """A right that changes the project, for tokens with the scope ``manage``."""
    return InProject(capability, Scope.MANAGE)
