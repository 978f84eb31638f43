"""Counters of tasks by state: triggers note every move in a row of its own, this folds the rows away.

So whoever writes a task's state, in whatever statement, has it counted in the same transaction, and two
people never wait for one counter. Readers add what was not folded in yet (``projects.queries``).
"""

from django.db import connection, transaction

BATCH = 50_000

# In one statement, so that a reader sees a change either as it was noted or as it was counted.
FOLD = """
WITH taken AS (
    DELETE FROM projects_statechange WHERE id IN (
        SELECT id FROM projects_statechange ORDER BY id LIMIT %(batch)s FOR UPDATE SKIP LOCKED
    ) RETURNING project_id, old, new, number
), counted AS (
    INSERT INTO projects_statecount AS c (project_id, state, number)
    SELECT moved.project_id, moved.state, sum(moved.number)
    FROM (SELECT project_id, new AS state, number FROM taken
          UNION ALL SELECT project_id, old, -number FROM taken) AS moved
    JOIN projects_project AS p ON p.id = moved.project_id
    WHERE moved.state <> '' GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (project_id, state) DO UPDATE SET number = c.number + excluded.number
)
SELECT count(*) FROM taken
"""


def fold_state_counts() -> int:
    """Add what was noted to the counters; return how many notes. Changes of deleted projects are dropped."""
    total = 0
    while done := _fold_batch():
        total += done
    return total


@transaction.atomic
def _fold_batch() -> int:
    with connection.cursor() as cursor:
        cursor.execute(FOLD, {"batch": BATCH})
        return int(cursor.fetchone()[0])
