"""A queue with a past, by seed and in SQL: so many tasks, and people who have much behind them.

For tests of a few thousand tasks and for benchmarks of a million.
"""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from accounts.models import User
from projects.models import Project

FILL = """
WITH added AS (
    INSERT INTO projects_task (project_id, data, meta, origin, created_at)
    SELECT %(project)s, '{"text": "x"}', '{}', 'human', now() FROM generate_series(1, %(tasks)s) RETURNING id
), queued AS (
    INSERT INTO annotate_queueentry
        (task_id, project_id, pool, epoch, order_key, wanted, taken, answered, is_open, drawn)
    SELECT id, %(project)s, CASE WHEN %(gold)s > 0 AND id %% %(gold)s = 0 THEN 'gold' ELSE 'work' END, 0,
           CASE WHEN %(gold)s > 0 THEN abs(hashint8extended(id, %(seed)s) / 2) ELSE id END,
           %(overlap)s, 0, 0, true, 'random'
    FROM added
)
INSERT INTO projects_tasksummary
    (task_id, project_id, state, archived_from, priority, answers, extra, skips, source, classes, updated_at)
SELECT id, %(project)s, 'open', '', 0, 0, 0, 0, '', '{}', now() FROM added
"""

# The first so many tasks, in the order of the queue, were given to this person and came to this end.
PAST = """
WITH head AS (
    SELECT task_id FROM annotate_queueentry WHERE project_id = %(project)s AND pool = 'work' AND epoch = 0
    ORDER BY order_key OFFSET %(after)s LIMIT %(tasks)s
), given AS (
    INSERT INTO annotate_assignment (project_id, task_id, user_id, state, drawn, holds_slot, ontology_id,
        created_at, expires_at, closed_at)
    SELECT %(project)s, task_id, %(user)s, %(state)s, 'random', %(holds)s, %(ontology)s,
        now() - interval '2 hours', now() + make_interval(hours => %(hours)s),
        CASE WHEN %(state)s <> 'active' THEN now() - interval '1 hour' END
    FROM head
)
UPDATE annotate_queueentry q
SET taken = taken + %(holds)s::int, answered = answered + (%(state)s = 'submitted')::int,
    epoch = CASE WHEN %(state)s = 'skipped' THEN 1 ELSE epoch END,
    order_key = CASE WHEN %(state)s = 'skipped'
                THEN (extract(epoch FROM now()) * 1000000)::bigint - 3600000000 + order_key ELSE order_key END
FROM head WHERE q.task_id = head.task_id
"""

TABLES = "annotate_queueentry, annotate_assignment, projects_task, projects_tasksummary, annotate_queuecursor"


@dataclass(frozen=True)
class Past:
    """What somebody did with the tasks ``after`` so many at the head of the queue."""

    state: str
    tasks: int
    after: int = 0
    hours: int = -1  # how long the leases last from now


def fill(project: Project, tasks: int, *, gold_every: int = 0, seed: int = 1) -> None:
    """Put so many tasks into the project and its queue; one in ``gold_every`` of them is hidden gold."""
    values: dict[str, Any] = {"project": project.pk, "tasks": tasks, "overlap": project.overlap}
    _run(FILL, values | {"gold": gold_every, "seed": seed})


def live_through(project: Project, user: User, past: Past) -> None:
    """Let this person have a past: ``submitted``, ``skipped``, or ``active``: their leases."""
    values: dict[str, Any] = {"project": project.pk, "user": user.pk, "ontology": project.ontology_id}
    holds = past.state in {"submitted", "active"}
    own = {"state": past.state, "tasks": past.tasks, "after": past.after, "hours": past.hours}
    _run(PAST, values | own | {"holds": holds})


def analyze() -> None:
    """Tell the planner how much there is now."""
    _run(f"ANALYZE {TABLES}", {})


def _run(statement: str, values: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
