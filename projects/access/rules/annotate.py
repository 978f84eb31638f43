"""Access to the routes of the annotate app."""

from projects.access.table import Methods

ANNOTATE: dict[str, Methods] = {}
