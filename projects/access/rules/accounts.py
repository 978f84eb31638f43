"""Access to the routes of the accounts app."""

from projects.access.table import Methods

ACCOUNTS: Methods = {}
