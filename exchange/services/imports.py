"""Starting an import: store what came, check what can be checked at once, and leave the rest to a worker."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.core.files.base import File
from django.db import transaction

from accounts.audit import record
from accounts.errors import Conflict, DomainError, FieldError
from accounts.models import User
from annotate.versions import ontology_of
from exchange.importing.plan import ITEMS, Plan, check_plan
from exchange.services.jobs import check_room
from exchange.services.uploads import Upload, keep_upload, spool_lines
from formats.strictjson import dumps
from projects.jobs import start_job
from projects.models import Job, Project

KIND = "import"
ITEMS_A_LINE = 250  # one by one they cost eight times as much to write, and three times to read


def start_import(*, project: Project, by: User, upload: Upload, plan: Plan, total: int | None = None) -> Job:
    """Queue the import of a stored upload.

    Raises DomainError for what cannot work, Conflict for an archived project.
    """
    ontology_id = check_ready(project)
    check_room(by, KIND)
    plan = fill_plan(plan, upload, project)
    check_plan(plan, ontology_of(ontology_id).ontology)
    with transaction.atomic():
        job = start_job(
            project=project,
            kind=KIND,
            by=by,
            params={
                "upload": upload.as_params(),
                "plan": plan.as_params(),
                "ontology": ontology_id,
                "total": total,
            },
            total=total,
        )
        record(
            organization=project.organization_id,
            actor=by,
            verb="import.started",
            subject=upload.name,
            project_id=project.pk,
            job=job.pk,
        )
    return job


def import_items(*, project: Project, by: User, items: Sequence[Any], plan: Plan) -> Job:
    """Queue the import of items that came in the body of a request."""
    check_ready(project)
    lines: Any = spool_lines(
        dumps(items[start : start + ITEMS_A_LINE]) for start in range(0, len(items), ITEMS_A_LINE)
    )
    with lines:
        upload = keep_upload(project=project, name="items.jsonl", content=File(lines, name="items.jsonl"))
    return start_import(
        project=project, by=by, upload=upload, plan=replace(plan, format=ITEMS), total=len(items)
    )


def check_ready(project: Project) -> int:
    """The id of the project's ontology. Raises for a project that can take no data."""
    if project.is_over:
        raise Conflict("The project is archived.", code="archived")
    if project.ontology_id is None:
        raise DomainError(
            "The project has no ontology yet, so nobody can tell what its data must hold.",
            fields=[FieldError("project", "has no ontology")],
        )
    return project.ontology_id


def fill_plan(plan: Plan, upload: Upload, project: Project) -> Plan:
    """The plan with what the upload and the ontology say where the caller was silent."""
    changes: dict[str, Any] = {"format": plan.format or upload.format}
    if changes["format"] is None:
        raise DomainError(
            "The format of this file is not known.",
            fields=[FieldError("file", "is none of CSV, TSV, JSON, JSON Lines and ZIP")],
        )
    media = ontology_of(project.ontology_id or 0).ontology.media
    for kind in ("text", "image", "audio"):
        sources = [spec.source for spec in media if spec.kind == kind]
        if sources and getattr(plan, f"{kind}_key") not in sources:
            changes[f"{kind}_key"] = sources[0]
    return replace(plan, **changes)
