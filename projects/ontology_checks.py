"""What a change of the ontology does to answers given so far: at once, or as a job where they are many."""

from collections.abc import Mapping
from typing import Any

from accounts.models import User
from labeltypes.base import Json
from labeltypes.changes import diff_ontologies
from labeltypes.ontology import parse_ontology
from projects.answers import count_answers, stored_answers
from projects.jobs import JobContext, job_handler, start_job
from projects.models import Job, JobState, Project
from projects.services.ontologies import Invalidation, check_answers

KIND = "ontology_check"
# So many answers take a few seconds; a request must not take longer.
AT_ONCE = 20_000


def preview_change(*, project: Project, definition: Json, by: User) -> dict[str, Any]:
    """What replacing the project's ontology by ``definition`` would change and make invalid; saves nothing.

    Up to ``AT_ONCE`` answers are checked here. With more, ``checked`` and ``invalid`` are None and ``job`` is
    the job whose result has them. Raises Invalid for a bad definition.
    """
    new, current = parse_ontology(definition), project.ontology
    changes = diff_ontologies(current.parsed(), new) if current else []
    found, job = Invalidation(), None
    if current and count_answers(project, at_most=AT_ONCE + 1) > AT_ONCE:
        job = _start(project, new.to_json(), by)
    elif current:
        found = check_answers(new, stored_answers(project))
    return {
        "definition": new.to_json(),
        "changes": [{"kind": change.kind, "path": change.path, "text": change.text} for change in changes],
        "checked": None if job else found.checked,
        "invalid": None if job else found.invalid,
        "examples": found.examples,
        "job": job,
    }


@job_handler(KIND)
def run_check(context: JobContext) -> Mapping[str, Any]:
    """Check every answer; it only reads, so another attempt begins anew."""
    context.progress(0, count_answers(context.project))
    found = check_answers(
        parse_ontology(context.params["definition"]),
        stored_answers(context.project),
        progress=context.progress,
    )
    context.progress(found.checked, found.checked)
    return {"checked": found.checked, "invalid": found.invalid, "examples": found.examples}


def _start(project: Project, definition: Json, by: User) -> Job:
    """The check of this definition that is under way, or a new one."""
    under_way = Job.objects.filter(
        project=project,
        kind=KIND,
        state__in=[JobState.QUEUED, JobState.RUNNING],
        cancel_requested=False,
        params__definition=definition,
    ).first()
    return under_way or start_job(project=project, kind=KIND, by=by, params={"definition": definition})
