"""One row of every kind in Ann's project, by the name that routes give its id.

A route with a parameter that is not here fails the access test with a message that says so: add it.
"""

import io
from collections.abc import Callable
from typing import Any

from django.utils import timezone
from PIL import Image

from accounts.models import OrganizationMembership
from accounts.services.departures import remove_person
from accounts.services.invitations import invite
from accounts.services.tokens import create_token
from annotate.models import Annotation, Assignment, Comment
from annotate.services.queue import draw
from annotate.services.submit import submit
from projects.access.doors import find_project
from projects.models import Job, Membership, Task, TaskSummary
from projects.services.derivatives import make_waveform
from projects.services.media import add_file, add_image
from quality.models import (
    AuditItem,
    AuditSample,
    GoldAlarm,
    GoldContest,
    GroupQuestion,
    LabelFlag,
    QualificationAnswer,
    QualificationAttempt,
    Reason,
)
from quality.services.gold import make_gold
from tests.world import World, make_tasks, make_user
from tools.sounds import sample_call

Sample = Callable[[World], Any]
NOWHERE: dict[str, Any] = {"key": "A" * 32, "secret": "B" * 32}
MISSING_ID = 999_999_999


def _task(world: World) -> Task:
    """One more, without a name of its own: several may be wanted in one world."""
    task = Task.objects.create(project=world.project, data={"text": "One more"})
    TaskSummary.objects.create(task=task, project=world.project)
    return task


def _job(world: World) -> int:
    return Job.objects.create(organization=world.organization, project=world.project, kind="import").pk


def _assignment(world: World) -> int:
    """Ann holds it."""
    make_tasks(world.project, 1)
    draw(find_project(world.ann, world.project.pk), 1)
    return Assignment.objects.get(project=world.project, user=world.ann, state="active").pk


def _comment(world: World) -> int:
    """Ann's question about a task."""
    task = _task(world)
    return Comment.objects.create(
        project=world.project, task=task, author=world.ann, kind="question", body="Why?"
    ).pk


def _media(world: World) -> str:
    picture = io.BytesIO()
    Image.new("RGB", (3, 2)).save(picture, "PNG")
    picture.seek(0)
    return add_image(project=world.project, name="a.png", content=picture, by=world.max).key


def _recording(world: World) -> str:
    content = io.BytesIO(sample_call())
    media = add_file(project=world.project, name="a.wav", content=content, by=world.max)
    make_waveform(media)
    return media.key


def _annotation(world: World) -> int:
    """Ann's answer."""
    assignment = Assignment.objects.get(pk=_assignment(world))
    stored = submit(assignment=assignment, value={"sentiment": "positive"}, seconds=1.0, key="sample")
    return stored.annotation.pk


def _contest(world: World) -> int:
    """Ann contests what Max says is right."""
    annotation = Annotation.objects.select_related("task").get(pk=_annotation(world))
    value = {"sentiment": "negative"}
    gold = make_gold(project=world.project, task=annotation.task, answers=[value], by=world.max)
    return GoldContest.objects.create(
        project=world.project, gold=gold, annotation=annotation, user=world.ann, answer=value, reason="No."
    ).pk


def _alarm(world: World) -> int:
    """The test objects to Ann."""
    figures = {"n": 9, "right": 3, "low": 0.1, "high": 0.6, "good": 0.9, "bad": 0.7, "error": 0.05}
    return GoldAlarm.objects.create(project=world.project, user=world.ann, **figures).pk


def _reason(world: World) -> int:
    """A reason to look at Ann's answers."""
    return Reason.objects.create(
        project=world.project, kind="fast", user=world.ann, n=40, seen_at=timezone.now(),
        evidence={"ratio": 0.2, "low": 0.1, "high": 0.3},
    ).pk  # fmt: skip


def _audit(world: World) -> AuditSample:
    """A sample of one task, being judged."""
    task = _task(world)
    sample = AuditSample.objects.create(
        project=world.project,
        number=AuditSample.objects.filter(project=world.project).count() + 1,
        state="judging",
        field="sentiment",
        target=0.9,
        seed=1,
        strata=[{"name": "", "population": 9, "drawn": 1}],
    )
    AuditItem.objects.create(
        project=world.project, sample=sample, task=task, position=1, stratum=0, value={"sentiment": "neutral"}
    )
    return sample


def _flag(world: World) -> int:
    """A label that a model doubts."""
    task = _task(world)
    return LabelFlag.objects.create(
        project=world.project,
        task=task,
        field="sentiment",
        label="positive",
        suggested="negative",
        source="model",
        score=-0.5,
        found_at=timezone.now(),
    ).pk


def _course_item(world: World) -> Any:
    """A practice item that Ann has answered."""
    gold = make_gold(project=world.project, task=_task(world), answers=[{"sentiment": "positive"}], by=None)
    terms = {"pass_mark": 0.8, "asked": 1, "started_at": timezone.now(), "finished_at": timezone.now()}
    attempt = QualificationAttempt.objects.create(
        project=world.project, user=world.ann, kind="practice", **terms
    )
    return QualificationAnswer.objects.create(
        attempt=attempt,
        gold=gold,
        position=1,
        ontology_id=world.project.ontology_id,
        value={"sentiment": "negative"},
        answered_at=timezone.now(),
    ).pk


def _departure(world: World) -> int:
    """Somebody who was in the organization."""
    person = make_user("Leaver", world.organization)
    membership = OrganizationMembership.objects.get(organization=world.organization, user=person)
    return remove_person(membership=membership, by=world.olga).pk


SAMPLES: dict[str, Sample] = {
    "project_id": lambda world: world.project.pk,
    "organization_id": lambda world: world.organization.pk,
    "membership_id": lambda world: Membership.objects.get(project=world.project, user=world.abe).pk,
    "person_id": lambda world: (
        OrganizationMembership.objects.get(organization=world.organization, user=world.abe).pk
    ),
    "departure_id": _departure,
    "question_id": lambda world: (
        GroupQuestion.objects.create(
            organization=world.organization, name="Native language", options=["German", "other"]
        ).pk
    ),
    "flag_id": _flag,
    "audit_id": lambda world: _audit(world).pk,
    "item_id": lambda world: _audit(world).items.get().pk,
    "course_item_id": _course_item,
    "task_id": lambda world: _task(world).pk,
    "job_id": _job,
    "assignment_id": _assignment,
    "annotation_id": _annotation,
    "comment_id": _comment,
    "contest_id": _contest,
    "alarm_id": _alarm,
    "reason_id": _reason,
    "user_id": lambda world: world.abe.pk,
    "key": _media,
    "recording": _recording,
    "version": lambda world: 1,
    "token_id": lambda world: (
        create_token(user=world.ann, organization=world.organization, name="x", scopes=["read"])[0].pk
    ),
    "invitation_id": lambda world: invite(organization=world.organization, by=world.olga)[0].pk,
    "secret": lambda world: invite(organization=world.organization, by=world.olga)[1],
}
