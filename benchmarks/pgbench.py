"""What PostgreSQL alone commits: the writes of an answer and of the next lease, sent by pgbench.

The same rows into the same tables in the same two transactions, and nothing else: no session, no rights, no
search for a task, no Python. Each connection has a person and a stretch of tasks of its own.
"""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.db import connection

from accounts.models import User
from config.embedded.postgres import StartFailed, installation
from projects.models import Project

SCRIPT = """
\\set task :first + :client_id * :stretch + :n
\\set next :task + 1
\\set n :n + 1
\\set user :person + :client_id
BEGIN;
SELECT 1 FROM annotate_queuecursor WHERE project_id = :project AND user_id = :user AND epoch = -1 FOR UPDATE;
UPDATE annotate_queueentry SET answered = answered + 1 WHERE task_id = :task;
INSERT INTO annotate_annotation (project_id, task_id, user_id, version, value, seconds,
    is_extra, is_fix, created_at, updated_at)
VALUES (:project, :task, :user, 1, '{"spam": "yes"}', 1, false, false, now(), now())
RETURNING id AS head \\gset
INSERT INTO annotate_annotationversion (project_id, annotation_id, version, value, seconds, key, drawn,
    ontology_id, created_by_id, created_at)
VALUES (:project, :head, 1, '{"spam": "yes"}', 1, 'key', 'random', :ontology, :user, now());
UPDATE annotate_assignment SET state = 'submitted', closed_at = now()
WHERE project_id = :project AND task_id = :task AND user_id = :user;
INSERT INTO annotate_outboxevent (project_id, kind, task_id, annotation_id, user_id, payload, created_at,
    done, attempts, error)
VALUES (:project, 'submitted', :task, :head, :user, '{"version": 1, "seconds": 1}', now(), '{}', 0, '');
UPDATE projects_tasksummary SET answers = answers + 1, classes = '{yes}', updated_at = now()
WHERE task_id = :task;
COMMIT;
BEGIN;
SELECT 1 FROM annotate_queuecursor WHERE project_id = :project AND user_id = :user AND epoch = -1 FOR UPDATE;
UPDATE annotate_queueentry SET taken = taken + 1 WHERE task_id = :next;
UPDATE annotate_queuecursor SET order_key = :next, task_id = :next
WHERE project_id = :project AND user_id = :user AND epoch = 0;
INSERT INTO annotate_assignment (project_id, task_id, user_id, state, drawn, holds_slot,
    ontology_id, created_at, expires_at)
VALUES (:project, :next, :user, 'active', 'random', true, :ontology, now(), now() + interval '1 hour');
COMMIT;
"""

# What a person holds before their first answer, and their cursors.
READY = """
WITH stretch AS (
    SELECT person, %(first)s + (place - 1) * %(stretch)s AS task
    FROM unnest(%(people)s::bigint[]) WITH ORDINALITY AS one(person, place)
), held AS (
    INSERT INTO annotate_assignment (project_id, task_id, user_id, state, drawn, holds_slot,
        ontology_id, created_at, expires_at)
    SELECT %(project)s, task, person, 'active', 'random', true, %(ontology)s, now(), now() + interval '1 hour'
    FROM stretch
), cursors AS (
    INSERT INTO annotate_queuecursor (project_id, user_id, epoch, order_key, task_id)
    SELECT %(project)s, person, epoch, task, task FROM stretch, unnest(ARRAY[-1, 0]) AS epoch
)
UPDATE annotate_queueentry q SET taken = 1 FROM stretch WHERE q.task_id = stretch.task
"""


def program() -> str | None:
    """Return pgbench: that beside the embedded servers, else the machine's; None if there is none."""
    try:
        beside = installation() / "bin" / "pgbench"
    except StartFailed:
        return shutil.which("pgbench")
    return str(beside) if beside.is_file() else shutil.which("pgbench")


def answers_per_second(
    project: Project, first: int, tasks: int, people: Sequence[User], seconds: float
) -> tuple[float, int]:
    """Let each person answer tasks from ``first`` on; return how many a second, and how many in all.

    The people's ids follow one another. RuntimeError if pgbench fails, or comes to the end of the tasks.
    """
    stretch = tasks // len(people)
    numbers = [person.pk for person in people]
    if numbers != list(range(numbers[0], numbers[0] + len(people))):
        raise RuntimeError("the people's ids do not follow one another")
    values: dict[str, Any] = {"project": project.pk, "ontology": project.ontology_id, "first": first}
    with connection.cursor() as cursor:
        cursor.execute(READY, {**values, "stretch": stretch, "people": numbers})
    given = {**values, "stretch": stretch, "person": numbers[0], "n": 0}
    defined = [word for name, value in given.items() for word in ("-D", f"{name}={value}")]
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "answer.sql"
        script.write_text(SCRIPT, encoding="utf-8")
        command = [str(program()), "-n", "-M", "prepared", "-c", str(len(people)), "-j", "1"]
        done = subprocess.run(
            [*command, "-T", f"{seconds:.0f}", *defined, "-f", str(script)],
            env=_server(),
            capture_output=True,
            text=True,
            check=False,
        )
    rate = re.search(r"^tps = ([\d.]+)", done.stdout, re.MULTILINE)
    count = re.search(r"actually processed: (\d+)", done.stdout)
    if done.returncode or rate is None or count is None:
        raise RuntimeError(f"pgbench failed: {done.stderr[-1000:]}")
    if int(count[1]) >= stretch * len(people) // 2:
        raise RuntimeError("pgbench came to the end of the tasks: take more")
    return float(rate[1]), int(count[1])


def _server() -> dict[str, str]:
    """The address of Django's database in libpq's variables."""
    found = connection.get_connection_params()
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD"}
    server = {variable: str(found[name]) for name, variable in names.items() if found.get(name)}
    return {**server, "PGDATABASE": str(found["dbname"]), "PATH": "/usr/bin:/bin", "LC_ALL": "C"}
