"""One at a time, per project: for figures that are computed from all rows of a kind and written as one."""

from django.db import connection

# What judges tasks and people at once holds this, and so does a full run that writes down its fit.
TRUST = "trust"


def lock_key(what: str, project_id: int) -> tuple[str, int]:
    """What the lock is called in PostgreSQL: a text to hash, and a number."""
    return f"quality:{what}", project_id % 2**31


def one_at_a_time(what: str, project_id: int) -> None:
    """Wait for other transactions that do the same in this project; free again at the end of ours."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s), %s)", lock_key(what, project_id))
