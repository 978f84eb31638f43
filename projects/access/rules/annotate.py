"""Access to the routes of the annotate app."""

from projects.access.table import Methods, label

ANNOTATE: dict[str, Methods] = {
    "api-next": {"POST": label(own=False)},
    "api-assignment-draft": {"PUT": label()},
    "api-assignment-submit": {"POST": label()},
    "api-assignment-skip": {"POST": label()},
    "api-assignment-release": {"POST": label()},
}
