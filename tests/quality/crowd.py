"""A crowd at work in a test: people of stated skill who answer through the real queue and submit."""

import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
from django.db.models import F
from django.db.models.functions import Now

from accounts.models import Organization, OrganizationMembership, User
from annotate import outbox
from annotate.models import Annotation, Assignment, Drawn, QueueEntry
from annotate.services.submit import submit
from labeltypes.base import JsonObject
from projects.models import Membership, Project, Role, Task
from quality.services.votes import rebuild_all
from tests.world import make_project, make_tasks, make_user

YES_NO = {
    "media": [{"name": "text", "kind": "text", "source": "text"}],
    "fields": [{"name": "follows", "type": "choice", "options": ["no", "yes"], "required": True}],
}


@dataclass
class Crowd:
    """A project with its people and tasks."""

    project: Project
    people: list[User]
    tasks: list[Task]


def make_crowd(people: int, tasks: int, *, ontology: object = None, **settings: object) -> Crowd:
    """A live project with so many annotators and tasks in the queue."""
    name = str(settings.pop("name", "Crowd"))
    organization = Organization.objects.create(name=name)
    manager = make_user(f"{name}-Boss", organization)
    project = make_project(
        organization, manager, ontology or YES_NO, overlap=settings.pop("overlap", 20), **settings
    )
    users = User.objects.bulk_create(
        User(email=f"{name}{index}@example.org", name=f"Worker {index}") for index in range(people)
    )
    OrganizationMembership.objects.bulk_create(
        OrganizationMembership(organization=organization, user=user, role="member") for user in users
    )
    Membership.objects.bulk_create(
        Membership(project=project, user=user, role=Role.ANNOTATOR) for user in users
    )
    return Crowd(project, list(users), make_tasks(project, tasks))


def give(project: Project, task: Task, user: User, *, drawn: str = Drawn.RANDOM) -> Assignment:
    """A lease on exactly this task, as the queue would have given it."""
    holds = drawn != Drawn.GOLD
    if holds:
        QueueEntry.objects.filter(pk=task.pk).update(taken=F("taken") + 1)
    return Assignment.objects.create(
        project=project, task=task, user=user, drawn=drawn, holds_slot=holds, **_terms(project)
    )


def give_all(crowd: Crowd, pairs: list[tuple[int, int]]) -> list[Assignment]:
    """Leases on (task, person), in this order, as the queue would have given them."""
    for task, number in Counter(task for task, _ in pairs).items():
        QueueEntry.objects.filter(pk=crowd.tasks[task].pk).update(taken=F("taken") + number)
    rows = Assignment.objects.bulk_create(
        Assignment(
            project=crowd.project,
            task=crowd.tasks[task],
            user=crowd.people[person],
            drawn=Drawn.RANDOM,
            holds_slot=True,
            **_terms(crowd.project),
        )
        for task, person in pairs
    )
    return list(
        Assignment.objects.select_related("task").filter(pk__in=[row.pk for row in rows]).order_by("pk")
    )


def write_all(crowd: Crowd, answers: list[tuple[int, int, JsonObject]]) -> None:
    """(task, person, value) as answers and votes in the database, without the way through submit."""
    leases = give_all(crowd, [(task, person) for task, person, _ in answers])
    Annotation.objects.bulk_create(
        Annotation(
            project=crowd.project,
            task_id=lease.task_id,
            user_id=lease.user_id,
            assignment=lease,
            value=value,
            seconds=5,
            created_at=lease.created_at,
            updated_at=lease.created_at,
        )
        for lease, (_, _, value) in zip(leases, answers, strict=True)
    )
    rebuild_all(crowd.project)


def _terms(project: Project) -> dict[str, Any]:
    """What every lease of the project says: its versions, and an hour from now."""
    return {
        "ontology_id": project.ontology_id,
        "guideline_id": project.guideline_id,
        "created_at": Now(),
        "expires_at": Now() + timedelta(hours=1),
    }


def answer(project: Project, task: Task, user: User, value: JsonObject, *, drawn: str = Drawn.RANDOM) -> int:
    """Answer a task through the real submit; the annotation's id."""
    lease = give(project, task, user, drawn=drawn)
    lease.task = task
    done = submit(
        assignment=Assignment.objects.select_related("task").get(pk=lease.pk),
        value=value,
        seconds=5,
        key=uuid.uuid4().hex,
    )
    return done.annotation.pk


def settle() -> None:
    """Carry out the outbox and what follows from it, as the workers do."""
    from quality.models import StaleTask
    from quality.services.quick import update_stale

    while outbox.drain():
        pass
    for project_id in set(StaleTask.objects.values_list("project_id", flat=True)):
        update_stale(project_id)


def simulate(
    rng: np.random.Generator, truth: "np.ndarray", skill: "np.ndarray", per_task: int
) -> list[tuple[int, int, int]]:
    """(task, person, class) triples: each task answered by ``per_task`` people, right with their skill."""
    triples = []
    for task, true in enumerate(truth):
        for person in rng.choice(len(skill), per_task, replace=False):
            right = rng.random() < skill[person]
            triples.append((task, int(person), int(true if right else 1 - true)))
    return triples
