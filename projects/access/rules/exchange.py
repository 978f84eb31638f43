"""Access to the routes of the exchange app."""

from projects.access.capabilities import Capability
from projects.access.table import Methods, export, manage, read

_IMPORT = manage(Capability.IMPORT)

EXCHANGE: dict[str, Methods] = {
    "api-imports": {"GET": read(Capability.IMPORT), "POST": _IMPORT},
    "api-imports-preview": {"POST": _IMPORT},
    "api-imports-coco": {"POST": _IMPORT},
    "api-export": {"GET": export()},
    "api-exports": {"GET": export(), "POST": export()},
    "api-exports-losses": {"GET": export()},
    # Pages
    "export": {"GET": export(), "POST": export()},
    "import": {"GET": read(Capability.IMPORT)},
    "job-file": {"GET": export()},
    "job-manifest": {"GET": export()},
    "job": {"GET": read(Capability.SEE_QUALITY), "POST": _IMPORT},
}
