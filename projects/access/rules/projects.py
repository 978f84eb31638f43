"""Access to the routes of the projects app."""

from accounts.models import Scope
from projects.access.capabilities import Capability
from projects.access.table import Methods, SignedIn, annotate, export, manage, read

_SEE = read(Capability.SEE_PROJECT)
_CONFIGURE = manage(Capability.CONFIGURE)
_PEOPLE = manage(Capability.MANAGE)

PROJECTS: dict[str, Methods] = {
    # API
    "api-projects": {"GET": SignedIn(), "POST": SignedIn(Scope.MANAGE)},
    "api-project": {"GET": _SEE, "PATCH": _CONFIGURE, "DELETE": _PEOPLE},
    "api-project-launch": {"POST": _PEOPLE},
    "api-project-pause": {"POST": _PEOPLE},
    "api-project-archive": {"POST": _PEOPLE},
    "api-project-restore": {"POST": _PEOPLE},
    "api-project-clone": {"POST": _PEOPLE},
    "api-ontologies": {"GET": _SEE, "POST": _CONFIGURE},
    "api-ontology-check": {"POST": SignedIn(Scope.MANAGE)},
    "api-guidelines": {"GET": _SEE, "POST": _CONFIGURE},
    "api-guideline-acknowledge": {"POST": annotate(Capability.SEE_PROJECT)},
    "api-members": {"GET": read(Capability.SEE_PEOPLE), "POST": _PEOPLE},
    "api-member": {"DELETE": _PEOPLE},
    "api-member-pause": {"POST": _PEOPLE},
    "api-member-expert": {"POST": _PEOPLE},
    "api-member-resume": {"POST": _PEOPLE},
    "api-project-invitations": {"POST": _PEOPLE},
    "api-media": {"POST": manage(Capability.IMPORT)},
    "api-job": {"GET": read(Capability.SEE_QUALITY), "DELETE": manage(Capability.IMPORT)},
    "api-job-errors": {"GET": read(Capability.SEE_QUALITY)},
    # Pages
    "home": {"GET": SignedIn()},
    "project-new": {"GET": SignedIn()},
    "ontology": {"GET": read(Capability.CONFIGURE)},
    "ontology-versions": {"GET": read(Capability.CONFIGURE)},
    "guideline": {"GET": _SEE, "POST": _CONFIGURE},
    "guideline-preview": {"POST": _CONFIGURE},
    "guideline-changes": {"GET": _SEE},
    "guideline-acknowledge": {"POST": annotate(Capability.SEE_PROJECT)},
    "project-settings": {"GET": read(Capability.CONFIGURE), "POST": _CONFIGURE},
    "project-act": {"POST": _PEOPLE},
    "project-overview": {"GET": _SEE},
    "media-view": {"GET": _SEE},
    "media-thumbnail": {"GET": _SEE},
    "media-sound": {"GET": _SEE},
    "media-peaks": {"GET": _SEE},
    "media-original": {"GET": export()},
    "job-errors": {"GET": read(Capability.SEE_QUALITY)},
}
