"""A full consensus run, and one quick update, on ANSWERS (100,000) yes-or-no answers.

Five answers per task, people of mixed skill. Fills the tables by SQL, measures the services.
"""

import os
import time
from collections.abc import Callable

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.db import connection  # noqa: E402  # after Django is set up

from accounts.models import User  # noqa: E402
from benchmarks.bench_queue import FILL, ONTOLOGY, make_person, scratch_organization  # noqa: E402
from benchmarks.report import Row  # noqa: E402
from projects.models import Project  # noqa: E402
from projects.services.projects import create_project  # noqa: E402
from quality.services.arrays import load_votes  # noqa: E402
from quality.services.fields import asked_fields  # noqa: E402
from quality.services.full_run import full_run  # noqa: E402
from quality.services.inference import fit_field  # noqa: E402
from quality.services.quick import update_stale  # noqa: E402
from quality.services.votes import mark_stale, rebuild_all  # noqa: E402

ANSWERS = int(os.environ.get("ANSWERS", "100000"))
PER_TASK = 5
PEOPLE = 200

# Person n answers right with a skill between 0.55 and 0.95; the truth of a task is the parity of its number.
ANSWER = """
INSERT INTO annotate_annotation
    (project_id, task_id, user_id, version, value, seconds, is_extra, is_fix, created_at, updated_at)
SELECT %(project)s, t.id, p.people[1 + (t.n * 7 + k * 13 + t.n / 31) %% %(crowd)s], 1,
       jsonb_build_object('spam', CASE WHEN (random() < 0.55 + 0.4 * ((t.n * 7 + k * 13) %% 10) / 10.0)
                                         = (t.n %% 2 = 0) THEN 'yes' ELSE 'no' END),
       5, false, false, now(), now()
FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM projects_task WHERE project_id = %(project)s) t
CROSS JOIN generate_series(0, %(per_task)s - 1) AS k
CROSS JOIN (SELECT %(people)s::bigint[] AS people) p
ON CONFLICT DO NOTHING
"""


def run() -> list[Row]:
    """Votes, loading, fitting, the whole run, a second run, and a quick update of 200 tasks."""
    organization = scratch_organization()
    people = [make_person(organization) for _ in range(PEOPLE)]
    project = create_project(
        organization=organization,
        by=people[0],
        name="Consensus",
        ontology=ONTOLOGY,
        settings={"overlap": PER_TASK},
    )
    fill(project, people, ANSWERS)
    return _measure(project)


def fill(project: Project, people: list[User], answers: int) -> None:
    """So many answers, PER_TASK to each task."""
    with connection.cursor() as cursor:
        cursor.execute(FILL, {"project": project.pk, "tasks": answers // PER_TASK})
        ids = [person.pk for person in people]
        cursor.execute("SELECT setseed(0.5)")  # who errs, and where, is the same every time
        cursor.execute(
            ANSWER, {"project": project.pk, "per_task": PER_TASK, "people": ids, "crowd": len(ids)}
        )
        cursor.execute("ANALYZE annotate_annotation, projects_task, projects_tasksummary")


def _measure(project: Project) -> list[Row]:
    asked = asked_fields(project)[0]
    votes = _timed(lambda: rebuild_all(project))
    load = _timed(lambda: load_votes(project, asked.name))
    fit = _timed(lambda: fit_field(project, asked))
    first = _timed(lambda: full_run(project))
    second = _timed(lambda: full_run(project))
    ids = list(project.tasks.order_by("pk").values_list("pk", flat=True)[:200])
    mark_stale(project.pk, ids)
    quick = _timed(lambda: update_stale(project.pk))
    size = f"{ANSWERS:,} answers"
    return [
        Row(f"votes rebuilt, {size}", votes, "s"),
        Row(f"votes loaded as arrays, {size}", load, "s"),
        Row(f"votes loaded and fitted, {size}", fit, "s"),
        Row(f"full run, first, {size}", first, "s"),
        Row(f"full run, again, {size}", second, "s"),
        Row("quick update of 200 tasks", quick * 1000, "ms"),
    ]


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
