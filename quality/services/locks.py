"""One at a time, per project: for figures that are computed from all rows of a kind and written as one."""

from django.db import connection


def one_at_a_time(what: str, project_id: int) -> None:
    """Wait for other transactions that do the same in this project; free again at the end of ours."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext(%s), %s)", [f"quality:{what}", project_id % 2**31]
        )
