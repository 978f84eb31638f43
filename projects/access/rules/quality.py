"""Access to the routes of the quality app."""

from projects.access.table import Methods

QUALITY: dict[str, Methods] = {}
