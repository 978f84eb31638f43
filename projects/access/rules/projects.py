"""Access to the routes of the projects app."""

from projects.access.table import Methods

PROJECTS: dict[str, Methods] = {}
