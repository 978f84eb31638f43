"""Access to the routes of the exchange app."""

from projects.access.capabilities import Capability
from projects.access.table import Methods, manage, read

_IMPORT = manage(Capability.IMPORT)

EXCHANGE: dict[str, Methods] = {
    "api-imports": {"GET": read(Capability.IMPORT), "POST": _IMPORT},
    "api-imports-preview": {"POST": _IMPORT},
    # Pages
    "import": {"GET": read(Capability.IMPORT)},
    "job": {"GET": read(Capability.SEE_QUALITY), "POST": _IMPORT},
}
