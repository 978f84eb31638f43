"""Put the demo together, once."""

import json
import secrets
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts.errors import DomainError
from accounts.models import Organization, User
from accounts.services.organizations import create_organization
from accounts.services.people import add_person, find_or_create_person
from annotate.models import Annotation
from annotate.services.queue import add_to_queue
from exchange.demo import plans
from exchange.demo.crowd import ENTITY_CROWD, SMS_CROWD, Simulated
from exchange.demo.replay import hire, replay
from labeltypes.base import Json
from projects.jobs import run_job, start_job
from projects.models import Job, JobState, Membership, Project, Role, Task, TaskSummary
from projects.services.media import add_image
from projects.services.projects import create_project
from quality.models import KnownTruth
from quality.services.gold import GoldInput, make_many
from quality.services.rounds import start_round
from quality.services.truth import record_truth

DATA = Path(__file__).parent / "data"
NAME = "Touchstone demo"
SMS_NAME = "Spam in text messages"
ENTITIES_NAME = "Names in noisy text"
PEOPLE = (
    ("manager", "Maya Manager"),
    ("engineer", "Emil Engineer"),
    ("reviewer", "Rosa Reviewer"),
    ("annotator", "Anna Annotator"),
)
GOLD_EVERY = 10  # one message in so many is gold
SEED = 20261121
ROUNDS = (0.4, 0.6, 0.8, 1.0)  # of the simulated answers: after each part a model learns
SHARE = 0.9  # of the answers that the messages ask for; the rest waits for the people who sign in
Say = Callable[[str], None]


@dataclass(frozen=True)
class Staff:
    """The organization, its manager, and everybody who can sign in with their role."""

    organization: Organization
    manager: User
    roles: dict[str, User]


def load_demo(say: Say, *, messages: int | None = None, share: float = SHARE) -> list[dict[str, str]]:
    """Make everything; returns who can sign in. Once it is whole, another call changes nothing.

    Cut off in the middle, the next call goes on where this one stopped, with new passwords. ``messages``
    takes so many of the messages only, and ``share`` in [0, 1] says how much of them the crowd answers:
    tests load a small demo.
    """
    if _accounts_file().is_file():
        return []
    with transaction.atomic():
        staff, accounts = _hire_staff()
        if not staff.organization.projects.exists():
            _sms(staff, messages)
            _entities(staff)
            _photos(staff)
    _label_sms(staff, say, share)
    _label_entities(staff, say)
    _write_accounts(accounts)
    return accounts


def _hire_staff() -> tuple[Staff, list[dict[str, str]]]:
    """The manager owns the organization; nobody has a default password."""
    accounts: list[dict[str, str]] = []
    roles: dict[str, User] = {}
    for role, name in PEOPLE:
        user, password = find_or_create_person(email=f"{role}@demo.example", name=name)
        if password is None:  # a load that was cut off made them
            password = secrets.token_urlsafe(15)
            user.set_password(password)
            user.save(update_fields=["password"])
        roles[role] = user
        accounts.append({"role": role, "email": user.email, "password": password})
    organization = Organization.objects.filter(name=NAME, members=roles["manager"]).first()
    if organization is None:
        organization = create_organization(name=NAME, owner=roles["manager"])
    for user in roles.values():
        add_person(email=user.email, organization=organization)
    return Staff(organization, roles["manager"], roles), accounts


def _project(
    staff: Staff, name: str, ontology: Json, guideline: str, *, description: str = "", **plan: Any
) -> Project:
    project = create_project(
        organization=staff.organization,
        by=staff.manager,
        name=name,
        description=description,
        ontology=ontology,
        guideline=guideline,
        settings=plan,
        launch=True,
    )
    for role in (Role.ENGINEER, Role.REVIEWER, Role.ANNOTATOR):
        Membership.objects.create(project=project, user=staff.roles[role], role=role)
    return project


def _put_tasks(project: Project, rows: Iterable[tuple[str, dict[str, Any], dict[str, Any]]]) -> list[Task]:
    """Tasks from (external id, data, meta), open and in the queue."""
    tasks = Task.objects.bulk_create(
        Task(project=project, external_id=key, data=data, meta=meta) for key, data, meta in rows
    )
    TaskSummary.objects.bulk_create(TaskSummary(task=task, project=project) for task in tasks)
    add_to_queue(project=project, task_ids=[task.pk for task in tasks])
    return tasks


def _read(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


def _with_truth(project: Project, name: str, field: str, limit: int | None = None) -> dict[int, Any]:
    """Tasks of a data file, their known truth kept apart from them; returns the truth by task id."""
    rows = _read(name)[:limit]
    tasks = _put_tasks(
        project, ((row["id"], {"text": row["text"]}, {"length": len(row["text"])}) for row in rows)
    )
    truths = {task.pk: row["truth"] for task, row in zip(tasks, rows, strict=True)}
    values = {task_id: {field: _valued(truth)} for task_id, truth in truths.items()}
    record_truth(project=project, values=values)
    return truths


def _valued(truth: Any) -> Any:
    """A truth as an answer's value: regions get ids."""
    if isinstance(truth, list):
        return [{"id": f"t{index}", **span} for index, span in enumerate(truth)]
    return truth


def _sms(staff: Staff, messages: int | None) -> None:
    project = _project(
        staff,
        SMS_NAME,
        plans.SMS_ONTOLOGY,
        plans.SMS_GUIDELINE,
        description=plans.WHO_ANSWERED,
        overlap=5,
        gold_share=0.1,
        review_share=0.05,
        retrain_after=0,
        active_learning=True,
    )
    truths = _with_truth(project, "sms.jsonl", "kind", messages)
    gold = sorted(truths)[::GOLD_EVERY]
    make_many(
        project=project,
        items=[GoldInput(task_id, [{"kind": truths[task_id]}]) for task_id in gold],
        by=staff.manager,
    )


def _entities(staff: Staff) -> None:
    project = _project(
        staff,
        ENTITIES_NAME,
        plans.ENTITY_ONTOLOGY,
        plans.ENTITY_GUIDELINE,
        description=plans.WHO_ANSWERED,
        overlap=2,
        review_share=0.15,
    )
    _with_truth(project, "entities.jsonl", "entities")


def _photos(staff: Staff) -> None:
    project = _project(
        staff, "Objects in photographs", plans.PHOTO_ONTOLOGY, plans.PHOTO_GUIDELINE, review_share=0.5
    )
    files = sorted((DATA / "photos").glob("*.jpg"))
    rows = []
    for file in files:
        with file.open("rb") as content:
            media = add_image(project=project, name=file.name, content=content, by=staff.manager)
        rows.append((file.stem, {"image": media.key}, {"file": file.name}))
    _put_tasks(project, rows)


def _known(staff: Staff, name: str, field: str) -> tuple[Project, dict[int, Any]]:
    project = Project.objects.get(organization=staff.organization, name=name)
    known = KnownTruth.objects.filter(project=project).values_list("task_id", "value")
    return project, {task_id: value[field] for task_id, value in known}


def _label_sms(staff: Staff, say: Say, share: float) -> None:
    """The crowd answers most of it, a model learns in between; the rest waits for the people who sign in."""
    project, truths = _known(staff, SMS_NAME, "kind")
    crowd = hire(SMS_CROWD, organization=staff.organization, project=project)
    wanted = len(truths) * project.overlap * share
    for part in ROUNDS:
        _label_part(staff, project, crowd, truths, int(wanted * part), say)
    say(f"  {int(wanted):,} simulated answers on {len(truths)} messages")


def _label_part(
    staff: Staff, project: Project, crowd: dict[int, Simulated], truths: dict[int, Any], until: int, say: Say
) -> None:
    """Answers up to so many in all, then consensus and a round on them; nothing if they are there already."""
    before = Annotation.objects.filter(project=project).count()
    if before >= until:
        return
    replay(
        project,
        crowd,
        truths,
        answers=until - before,
        seed=SEED + before,  # keys of answers come from it, and must not repeat those of a load cut off
        progress=lambda done: say(f"  simulated answers: {before + done:,}"),
    )
    say(f"  a model learns from {until:,} simulated answers")
    _run(start_job(project=project, kind="consensus", by=staff.manager, params={}))
    with suppress(DomainError):  # too few labels yet, or one class only
        _run(start_round(project=project, by=staff.manager).job)


def _label_entities(staff: Staff, say: Say) -> None:
    project, truths = _known(staff, ENTITIES_NAME, "entities")
    crowd = hire(ENTITY_CROWD, organization=staff.organization, project=project)
    given_before = Annotation.objects.filter(project=project).count()
    wanted, seed = len(truths) - given_before, SEED + given_before
    given = replay(project, crowd, truths, answers=wanted, seed=seed, progress=lambda _: None)
    say(f"  {given:,} simulated answers on {len(truths)} sentences")
    _run(start_job(project=project, kind="consensus", by=staff.manager, params={}))


def _run(job: Job | None) -> None:
    """Do a job here and now; one that a worker took first is waited for."""
    if job is None:
        return
    run_job(job.pk)
    while Job.objects.filter(pk=job.pk, state__in=[JobState.QUEUED, JobState.RUNNING]).exists():
        time.sleep(0.1)


def _accounts_file() -> Path:
    return Path(settings.DATA_DIR) / "demo-accounts.json"


def _write_accounts(accounts: Sequence[dict[str, str]]) -> None:
    """Where ``make run`` looks for who can sign in; readable by the owner of the data only."""
    file = _accounts_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_text(json.dumps(accounts))
