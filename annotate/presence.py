"""Whether people are at work: long jobs take less of the machine then."""

from django.db import connection

from projects.turns import register_presence

# Somebody drew a task or answered one a moment ago. Both indexes are walked from their ends.
AT_WORK = """
SELECT coalesce(greatest(
    (SELECT created_at FROM annotate_assignment ORDER BY id DESC LIMIT 1),
    (SELECT created_at FROM annotate_annotationversion ORDER BY id DESC LIMIT 1)
) > now() - interval '5 s', false)
"""


def register() -> None:
    """Tell the jobs' floor."""
    register_presence(somebody_labels)


def somebody_labels() -> bool:
    """Whether somebody labels at this moment, in any organization."""
    with connection.cursor() as cursor:
        cursor.execute(AT_WORK)
        return bool(cursor.fetchone()[0])
