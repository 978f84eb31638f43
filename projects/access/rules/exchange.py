"""Access to the routes of the exchange app."""

from projects.access.table import Methods

EXCHANGE: dict[str, Methods] = {}
