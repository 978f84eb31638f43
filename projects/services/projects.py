"""Make, change, pause, clone, archive and delete projects."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.audit import record
from accounts.errors import Conflict, DomainError, FieldError
from accounts.models import Organization, User
from labeltypes.base import Json
from projects.models import Membership, Project, ProjectState, Role
from projects.services.guidelines import add_guideline
from projects.services.ontologies import add_ontology
from projects.settings import check_dynamic_overlap, check_together, clean_settings, settings_of
from projects.signals import (
    gold_turned_on,
    method_changed,
    overlap_changed,
    project_state_changed,
    stopping_changed,
)

GRACE = timedelta(days=7)
EMPTY_ONTOLOGY: dict[str, Json] = {
    "media": [{"name": "text", "kind": "text", "source": "text"}],
    "fields": [{"name": "label", "type": "choice", "options": ["yes", "no"], "required": True}],
}


@transaction.atomic
def create_project(
    *,
    organization: Organization,
    by: User,
    name: str,
    ontology: Json = None,
    guideline: str = "",
    settings: Mapping[str, Any] | None = None,
    description: str = "",
    launch: bool = False,
) -> Project:
    """Return a new project with version 1 of ontology and guideline, its maker as manager.

    Raises DomainError for a bad name or setting and labeltypes.base.Invalid for a bad ontology.
    """
    project = Project(
        organization=organization,
        name=clean_name(name),
        description=description,
        created_by=by,
        state=ProjectState.LIVE if launch else ProjectState.DRAFT,
        **clean_settings(settings or {}),
    )
    check_together(project)
    project.save()
    add_ontology(project=project, definition=ontology or EMPTY_ONTOLOGY, by=by)
    check_dynamic_overlap(project, settings or {})
    add_guideline(project=project, body=guideline, by=by)
    Membership.objects.create(project=project, user=by, role=Role.MANAGER)
    record(
        organization=organization,
        actor=by,
        verb="project.created",
        subject=name,
        project_id=project.pk,
    )
    return project


# What decides, with dynamic overlap, whether one more person is asked.
STOPPING = ("overlap_max", "overlap_until", "overlap_worth", "overlap_field")


@transaction.atomic
def change_project(
    *,
    project: Project,
    by: User,
    name: str | None = None,
    description: str | None = None,
    settings: Mapping[str, Any] | None = None,
) -> Project:
    """Change name, description and settings; a new overlap reaches the queue of tasks not answered yet."""
    project = Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
    changes = clean_settings(settings or {})
    if name is not None:
        changes["name"] = clean_name(name)
    if description is not None:
        changes["description"] = description
    before = {key: getattr(project, key) for key in changes}
    for key, value in changes.items():
        setattr(project, key, value)
    check_together(project)
    changed = {key: [before[key], value] for key, value in changes.items() if before[key] != value}
    check_dynamic_overlap(project, changed)
    project.save(update_fields=[*changes] or None)
    if {"overlap", "dynamic_overlap"} & changed.keys():
        overlap_changed.send(sender=Project, project=project, by=by)
    elif project.dynamic_overlap and set(STOPPING) & changed.keys():
        stopping_changed.send(sender=Project, project=project, by=by)
    if "consensus_method" in changed:
        method_changed.send(sender=Project, project=project, by=by)
    if project.gold_share and not before.get("gold_share", project.gold_share):
        gold_turned_on.send(sender=Project, project=project, by=by)
    record(
        organization=project.organization_id,
        actor=by,
        verb="project.changed",
        subject=project.name,
        project_id=project.pk,
        **changed,
    )
    return project


def clean_name(name: str) -> str:
    """The project's name without outer spaces; 1 to 200 characters."""
    name = name.strip()
    if not 1 <= len(name) <= 200:
        raise DomainError(
            "A project needs a name.",
            fields=[FieldError("name", "must have 1 to 200 characters")],
        )
    return name


@transaction.atomic
def launch_project(*, project: Project, by: User) -> Project:
    """Let the queue hand out tasks. Raises Conflict unless the project is a draft, paused or archived."""
    return _move(project, by, ProjectState.LIVE, "")


@transaction.atomic
def pause_project(*, project: Project, by: User, reason: str) -> Project:
    """Stop handing out tasks; everybody sees the reason. Work already held can be submitted."""
    return _move(project, by, ProjectState.PAUSED, reason)


@transaction.atomic
def archive_project(*, project: Project, by: User) -> Project:
    """Take the project out of sight and out of work; it can be launched again."""
    return _move(project, by, ProjectState.ARCHIVED, "")


def _move(project: Project, by: User, state: str, reason: str) -> Project:
    project = Project.objects.select_for_update(of=("self",), no_key=True).get(pk=project.pk)
    if project.delete_after is not None:
        raise Conflict("This project is being deleted; take that back first.")
    if state == ProjectState.PAUSED and project.state != ProjectState.LIVE:
        raise Conflict("Only a live project can be paused.")
    project.state, project.pause_reason = state, reason
    project.save(update_fields=["state", "pause_reason"])
    project_state_changed.send(sender=Project, project=project, by=by)
    record(
        organization=project.organization_id,
        actor=by,
        verb=f"project.{state}",
        subject=project.name,
        project_id=project.pk,
        reason=reason,
    )
    return project


@transaction.atomic
def clone_project(*, project: Project, by: User, name: str) -> Project:
    """A new draft with the same ontology, guideline, settings and people, without tasks."""
    if project.ontology is None:
        raise Conflict("This project has no ontology to clone.")
    clone = create_project(
        organization=project.organization,
        by=by,
        name=name,
        ontology=project.ontology.parsed().to_json(),
        guideline=project.guideline.body if project.guideline else "",
        settings=settings_of(project),
        description=project.description,
    )
    others = project.memberships.exclude(user=by)
    Membership.objects.bulk_create(
        Membership(project=clone, user_id=row.user_id, role=row.role, is_expert=row.is_expert)
        for row in others
    )
    return clone


@transaction.atomic
def delete_project(*, project: Project, by: User) -> Project:
    """Mark for deletion after seven days; until then it can be taken back. Nobody works in it meanwhile."""
    project = Project.objects.select_for_update(of=("self",), no_key=True).get(pk=project.pk)
    project.delete_after = timezone.now() + GRACE
    project.save(update_fields=["delete_after"])
    record(
        organization=project.organization_id,
        actor=by,
        verb="project.delete",
        subject=project.name,
        project_id=project.pk,
    )
    return project


@transaction.atomic
def restore_project(*, project: Project, by: User) -> Project:
    """Take a deletion back within its grace period."""
    project = Project.objects.select_for_update(of=("self",), no_key=True).get(pk=project.pk)
    project.delete_after = None
    project.save(update_fields=["delete_after"])
    record(
        organization=project.organization_id,
        actor=by,
        verb="project.restore",
        subject=project.name,
        project_id=project.pk,
    )
    return project


def purge_deleted_projects() -> int:
    """Delete for good what is past its grace period; returns how many. Runs every hour."""
    doomed = Project.objects.filter(delete_after__lt=timezone.now())
    count = 0
    for project in doomed:
        files = [
            file for media in project.media.all() for file in (media.original, media.view, media.thumbnail)
        ]
        project.delete()
        for file in files:
            if file:
                file.storage.delete(str(file.name))
        count += 1
    return count
