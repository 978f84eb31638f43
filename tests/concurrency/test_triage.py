"""Triage while people draw and answer: no task is somebody's and the model's at once, none is lost."""

import random
import uuid
from collections.abc import Callable

import pytest

from accounts.models import User
from annotate.models import Annotation, QueueEntry
from annotate.services.queue import draw
from annotate.services.submit import submit
from projects.access.doors import find_project
from projects.jobs import run_job
from projects.models import Project, TaskSummary
from quality.models import TriageClass, TriageItem
from quality.services import triage
from tests.annotate.test_overlap import make_people, run_all
from tests.concurrency.waiting import holding
from tests.quality.triage_world import measure, triaged

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_works(monkeypatch: pytest.MonkeyPatch) -> None:
    """Six people, a job that accepts five at a time, and a manager who puts a class back meanwhile."""
    monkeypatch.setattr(triage, "BATCH", 5)
    found = triaged(checked=200, waiting=120, worst=0.6, hold_size=5)
    project, manager = found.world.project, found.world.max
    measure(found)
    run = triage.start_run(project=project, by=manager, target=0.05, audit_share=0.2)
    accept = run.job_id or 0
    backs: list[int] = []

    def back() -> None:
        backs.append(triage.put_back(project=project, by=manager, classes=["negative"]).pk)
        run_job(backs[0])

    people = make_people(found.world, 6)
    work = [_work(project, person, seed) for seed, person in enumerate(people)]
    run_all([lambda: run_job(accept), back, *work])

    waiting = [task.pk for task in found.waiting]
    rows = {row.task_id: row for row in TaskSummary.objects.filter(task__in=waiting)}
    answered = set(Annotation.objects.filter(task__in=waiting).values_list("task_id", flat=True))
    model = {pk for pk, row in rows.items() if row.source == "model"}
    assert model
    assert answered
    assert not model & answered
    assert {rows[pk].value["sentiment"] for pk in model} == {"positive"}
    assert not QueueEntry.objects.filter(pk__in=model, is_open=True).exists()
    left = set(waiting) - model - answered
    assert QueueEntry.objects.filter(pk__in=left, is_open=True).count() == len(left)
    for row in TriageClass.objects.filter(run=run):
        items = TriageItem.objects.filter(run=run, code=row.code)
        assert row.accepted == items.filter(is_audit=False).count()
        assert row.put_back == items.filter(is_back=True).count()
        assert row.audited == items.filter(is_audit=True).count()
    assert (
        set(TriageItem.objects.filter(is_audit=False, is_back=False).values_list("task", flat=True)) == model
    )
    assert not Annotation.objects.filter(is_extra=True).exists()


def test_a_manager_who_puts_back_and_a_job_that_writes_down_what_it_accepted() -> None:
    """The one holds the run and waits for the classes, the other holds these and points at the run."""
    found = triaged(checked=200, waiting=20, worst=0.6, hold_size=5)
    project, manager = found.world.project, found.world.max
    measure(found)
    run = triage.start_run(project=project, by=manager, target=0.05)
    (task, *_), classes = found.waiting, run.classes.select_for_update().order_by("pk")
    with holding(lambda: list(classes), lambda: triage.put_back(project=project, by=manager)):
        TriageItem.objects.create(
            project=project, run=run, task=task, code="positive", score=1, is_audit=False
        )
    assert TriageItem.objects.filter(run=run).count() == 1
    assert set(run.classes.values_list("state", flat=True)) <= {"back", "people"}


def _work(project: Project, person: User, seed: int) -> Callable[[], None]:
    """Draw and answer a few times."""

    def work() -> None:
        dice = random.Random(seed)
        for _ in range(4):
            for row in draw(find_project(person, project.pk), dice.randint(1, 3)).assignments:
                value = {"sentiment": "neutral"}
                submit(assignment=row, value=value, seconds=1, key=uuid.uuid4().hex)

    return work
