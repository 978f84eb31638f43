"""The one door to data: who may do what, fetched and authorized in one step."""

from projects.access.capabilities import ROLE_CAPABILITIES, Capability, rights_in, roles_with
from projects.access.doors import ProjectAccess, access_found, access_project, access_row, projects_of
from projects.access.rules import RULES
from projects.access.table import InOrganization, InProject, Open, Rule, SignedIn

__all__ = [
    "ROLE_CAPABILITIES",
    "RULES",
    "Capability",
    "InOrganization",
    "InProject",
    "Open",
    "ProjectAccess",
    "Rule",
    "SignedIn",
    "access_found",
    "access_project",
    "access_row",
    "projects_of",
    "rights_in",
    "roles_with",
]
