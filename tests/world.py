"""A tiny named world: people of known standing, and builders for what they work on.

Ann and Abe annotate, Rita reviews, Eve is the engineer, Max the manager, Olga owns the organization.
Otto owns another organization and has no access to any of Ann's things.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.contrib.auth.hashers import make_password

from accounts.models import Organization, OrganizationMembership, OrganizationRole, User
from labeltypes.base import Json
from projects.models import Membership, Project, ProjectState, Role, Task, TaskSummary
from projects.services.projects import create_project

PASSWORD = "a long pass phrase of the tests"
SENTIMENT: dict[str, Any] = {
    "media": [{"name": "text", "kind": "text", "source": "text"}],
    "fields": [
        {
            "name": "sentiment",
            "type": "choice",
            "options": [
                {"name": "positive", "hotkey": "p"},
                {"name": "negative", "hotkey": "n"},
                {"name": "neutral", "hotkey": "u"},
            ],
            "required": True,
        }
    ],
}


@dataclass(frozen=True)
class World:
    """Everybody, and a live project of theirs with an ontology and a guideline."""

    organization: Organization
    other: Organization
    project: Project
    ann: User
    abe: User
    rita: User
    eve: User
    max: User
    olga: User
    otto: User


@cache
def _hashed() -> str:
    """Argon2 is slow on purpose: once is enough for all people of the tests."""
    return make_password(PASSWORD)


def make_user(name: str, organization: Organization | None = None, role: str = "member") -> User:
    """A person who can sign in with ``PASSWORD``; lower-case name as the address."""
    user = User(email=f"{name.lower()}@example.org", name=name, password=_hashed())
    user.save()
    if organization is not None:
        OrganizationMembership.objects.create(organization=organization, user=user, role=role)
    return user


def make_project(
    organization: Organization,
    by: User,
    ontology: Json = None,
    *,
    live: bool = True,
    members: dict[User, str] | None = None,
    **settings: Any,
) -> Project:
    """A project with the sentiment ontology unless another is given; live, without a guideline to read."""
    project = create_project(
        organization=organization,
        by=by,
        name="Reviews",
        ontology=ontology or SENTIMENT,
        settings=settings,
    )
    if live:
        project.state = ProjectState.LIVE
        project.save(update_fields=["state"])
    for user, role in (members or {}).items():
        Membership.objects.create(project=project, user=user, role=role)
    return project


def make_tasks(project: Project, texts: int | list[str], *, queue: bool = True) -> list[Task]:
    """Tasks with these texts (or so many made-up ones), in the queue unless told otherwise."""
    items = [f"Text number {index}" for index in range(texts)] if isinstance(texts, int) else texts
    tasks = Task.objects.bulk_create(
        Task(project=project, external_id=f"x{index}", data={"text": text})
        for index, text in enumerate(items)
    )
    TaskSummary.objects.bulk_create(TaskSummary(task=task, project=project) for task in tasks)
    if queue:
        from annotate.services.queue import add_to_queue

        add_to_queue(project=project, task_ids=[task.pk for task in tasks])
    return tasks


def make_world(**settings: Any) -> World:
    """Two organizations, everybody, one live project in ours."""
    ours = Organization.objects.create(name="Ours")
    theirs = Organization.objects.create(name="Theirs")
    olga = make_user("Olga", ours, OrganizationRole.OWNER)
    people = {name: make_user(name, ours) for name in ("Ann", "Abe", "Rita", "Eve", "Max")}
    otto = make_user("Otto", theirs, OrganizationRole.OWNER)
    project = make_project(
        ours,
        people["Max"],
        members={
            people["Ann"]: Role.ANNOTATOR,
            people["Abe"]: Role.ANNOTATOR,
            people["Rita"]: Role.REVIEWER,
            people["Eve"]: Role.ENGINEER,
        },
        **settings,
    )
    return World(
        organization=ours,
        other=theirs,
        project=project,
        ann=people["Ann"],
        abe=people["Abe"],
        rita=people["Rita"],
        eve=people["Eve"],
        max=people["Max"],
        olga=olga,
        otto=otto,
    )
