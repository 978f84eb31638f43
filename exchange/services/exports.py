"""Exports: at once as a stream, or as a job that leaves a file with its manifest."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string

from accounts.audit import record
from accounts.errors import DomainError, FieldError, Forbidden
from accounts.models import User
from accounts.replica import from_replica
from annotate.versions import ontology_of
from exchange.exporting.producer import Producer
from exchange.exporting.request import ExportRequest, read_request, selected
from exchange.services.jobs import check_room
from formats.manifest import manifest
from formats.registry import writers
from formats.strictjson import dumps
from projects.access import Capability, ProjectAccess
from projects.jobs import JobContext, job_handler, start_job
from projects.models import Job, Project

KIND = "export"
FOLDER = "exports"
LOOK_EVERY = 1.0


def request_for(access: ProjectAccess, query: Mapping[str, Any]) -> ExportRequest:
    """What is asked for, if this person may have it: names of people are for those who may see people."""
    ontology_id = _ontology_id(access.project)
    wanted = read_request(query, ontology_of(ontology_id).ontology)
    if wanted.names and not access.can(Capability.SEE_PEOPLE):
        raise Forbidden(
            "Names of people are for managers; without them people have pseudonyms.", code="names"
        )
    if wanted.options.groups and not access.can(Capability.SEE_PEOPLE):
        raise Forbidden("Labels by annotator group are for managers.", code="groups")
    return wanted


def stream_export(*, project: Project, by: User, wanted: ExportRequest) -> tuple[str, Iterator[bytes]]:
    """A file name and the export as it is written; the snapshot is that of the first byte."""
    _note(project, by, wanted)
    return file_name(project, wanted), _stream(_producer(project, wanted))


def start_export(*, project: Project, by: User, wanted: ExportRequest) -> Job:
    """Queue an export; its file and manifest are there when the job is done."""
    check_room(by, KIND)
    with transaction.atomic():
        _note(project, by, wanted)
        return start_job(
            project=project,
            kind=KIND,
            by=by,
            params={"query": dict(wanted.given), "format": wanted.format},
        )


@job_handler(KIND)
def run_export(context: JobContext) -> dict[str, Any]:
    """Write the file of an export job. A second attempt begins anew: a snapshot cannot be continued."""
    project = context.project
    wanted = read_request(context.params["query"], ontology_of(_ontology_id(project)).ontology)
    total = from_replica(lambda: selected(project, wanted).count())
    with _producer(project, wanted) as producer:
        context.progress(0, total)
        while not producer.wait(LOOK_EVERY):
            context.progress(producer.done)
        producer.raise_if_failed()
        return _keep(context, producer)


def losses_of(project: Project) -> dict[str, list[str]]:
    """Per format what it cannot hold of this project's answers, in words."""
    ontology = ontology_of(_ontology_id(project)).ontology
    return {name: [*writer.losses(ontology)] for name, writer in writers().items()}


def open_export(job: Job, *, of_manifest: bool = False) -> "File[bytes]":
    """The file of a finished export, or its manifest. Raises FileNotFoundError when there is none."""
    if not job.file.name:
        raise FileNotFoundError
    path = f"{job.file.name}.manifest.json" if of_manifest else job.file.name
    return default_storage.open(path, "rb")


def file_name(project: Project, wanted: ExportRequest) -> str:
    """Such as ``reviews-in-german-2026-11-21.jsonl``: letters, digits and hyphens only."""
    name = re.sub(r"[^A-Za-z0-9]+", "-", project.name).strip("-").lower()[:60] or f"project-{project.pk}"
    return f"{name}-{timezone.now():%Y-%m-%d}{_ending(wanted)}"


def _ending(wanted: ExportRequest) -> str:
    ending = wanted.writer.extension
    return ending if ending.startswith(".") else f".{ending}"


def _producer(project: Project, wanted: ExportRequest) -> Producer:
    version = ontology_of(_ontology_id(project))
    return Producer(project, wanted, version.ontology, version.version)


def _stream(producer: Producer) -> Iterator[bytes]:
    with producer:
        yield from producer.chunks()


def _keep(context: JobContext, producer: Producer) -> dict[str, Any]:
    """Store the file beside its manifest, then say so on the job."""
    project, wanted, summary = context.project, producer.wanted, producer.summary
    if summary is None:
        raise RuntimeError("the export ended without a summary")
    name = file_name(project, wanted)
    folder = f"{FOLDER}/{project.organization_id}/{project.pk}/{get_random_string(32)}"
    told = manifest(
        wanted.writer,
        producer.context,
        file_name=name,
        summary=summary,
        filters=dict(wanted.given),
        guideline_versions=sorted(producer.items.guidelines),
    )
    producer.file.seek(0)
    content = File(producer.file, name=name)
    path = default_storage.save(f"{folder}/export{_ending(wanted)}", content)
    default_storage.save(f"{path}.manifest.json", ContentFile(dumps(told)))
    Job.objects.filter(pk=context.job.pk).update(file=path, file_name=name, done=summary.items)
    return {
        "items": summary.items,
        "annotations": summary.annotations,
        "bytes": summary.bytes,
        "sha256": summary.sha256,
        "losses": dict(summary.losses),
    }


def _ontology_id(project: Project) -> int:
    if project.ontology_id is None:
        raise DomainError(
            "The project has no ontology yet.", fields=[FieldError("project", "has no ontology")]
        )
    return project.ontology_id


def _note(project: Project, by: User, wanted: ExportRequest) -> None:
    record(
        organization=project.organization_id,
        actor=by,
        verb="export.made",
        subject=wanted.format,
        project_id=project.pk,
        query=dict(wanted.given),
    )
