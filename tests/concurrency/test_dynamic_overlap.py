"""Dynamic overlap while many people answer and several workers judge: one slot at a time, never too many."""

import random
import threading
import uuid
from collections.abc import Callable

import pytest
from django.db import connection

from accounts.models import User
from annotate import outbox
from annotate.models import Annotation, Assignment, QueueEntry
from annotate.services.held import skip
from annotate.services.queue import draw
from annotate.services.submit import submit
from projects.access.doors import find_project
from projects.models import Project, TaskSummary
from quality.models import OneMore, StaleTask
from quality.services import quick
from quality.services.at_once import read_at_once
from quality.services.fields import asked_fields, ontology_for
from quality.services.votes import mark_stale
from quality.services.writing import write_results
from tests.annotate.test_overlap import check_exact, make_people, run_all
from tests.world import make_tasks, make_world

pytestmark = pytest.mark.django_db(transaction=True)

MOST = 4
PLAN = {"overlap": 2, "dynamic_overlap": True, "overlap_max": MOST, "overlap_until": 0.8}
WORDS = ("positive", "negative")


def test_updates_that_race_open_one_slot() -> None:
    """Eight workers that all read the same two answers, and act on them at once."""
    world = make_world(**PLAN)
    (task,) = make_tasks(world.project, 1)
    for person, word in zip(make_people(world, 2), WORDS, strict=True):
        (row,) = draw(find_project(person, world.project.pk), 1).assignments
        submit(assignment=row, value={"sentiment": word}, seconds=1, key=uuid.uuid4().hex)
    ontology = ontology_for(world.project)
    assert ontology is not None
    seen = read_at_once(world.project, ontology, asked_fields(world.project), [task.pk])
    results = quick.merge_tasks(world.project, ontology, seen.answers, seen.known)
    run_all([lambda: write_results(world.project, results, seen.answers)] * 8)
    assert QueueEntry.objects.get(pk=task.pk).wanted == 3
    assert OneMore.objects.count() == 1
    assert TaskSummary.objects.get(pk=task.pk).state == "open"


def test_it_works() -> None:
    """Twelve people who differ about half of the tasks, expiring leases, skips, and three judging workers."""
    world = make_world(**PLAN, skip_limit=100, review_below_agreement=0)
    make_tasks(world.project, 12)
    people = make_people(world, 12)
    over = threading.Event()
    workers = [threading.Thread(target=_judge, args=(world.project, over, seed)) for seed in range(3)]
    for worker in workers:
        worker.start()
    try:
        run_all([_work(world.project, person, seed) for seed, person in enumerate(people)])
    finally:
        over.set()
        for worker in workers:
            worker.join()
    for seed, person in enumerate(people * MOST):  # what nobody was left for
        _settle(world.project)
        _work(world.project, person, seed)()
    _settle(world.project)
    check_exact(world.project)
    entries = list(QueueEntry.objects.filter(project=world.project))
    assert {entry.wanted for entry in entries} <= {2, 3, 4}
    assert {entry.answered == entry.wanted for entry in entries} == {True}
    for entry in entries:
        standing = OneMore.objects.filter(task=entry.pk, standing=True)
        assert sorted(standing.values_list("answers", flat=True)) == list(range(2, entry.wanted))
    assert set(TaskSummary.objects.values_list("state", flat=True)) == {"done"}
    assert OneMore.objects.exists(), "some differed"
    asked = set(OneMore.objects.values_list("task_id", flat=True))
    assert all(task % 2 for task in asked), "where all agree nobody more is asked"
    slots = Annotation.objects.filter(project=world.project, is_extra=False)
    words = {(answer.task_id, answer.value["sentiment"]) for answer in slots}
    assert {task for task, word in words if (task, WORDS[word == WORDS[0]]) in words} <= asked


def _work(project: Project, person: User, seed: int) -> Callable[[], None]:
    """All agree about every other task; about the rest each says what the last one did not."""
    dice = random.Random(seed)

    def work() -> None:
        access = find_project(person, project.pk)
        while rows := draw(access, dice.randint(1, 3)).assignments:
            for row in rows:
                if dice.random() < 0.1:
                    skip(assignment=row, project=project, reason="other")
                else:
                    said = Annotation.objects.filter(task_id=row.task_id).count() if row.task_id % 2 else 0
                    submit(
                        assignment=row, value={"sentiment": WORDS[said % 2]}, seconds=1, key=uuid.uuid4().hex
                    )

    return work


def _judge(project: Project, over: threading.Event, seed: int) -> None:
    dice = random.Random(seed)
    try:
        while not over.is_set():
            if seed == 0:
                outbox.drain()
                Assignment.objects.filter(project=project, state="active", pk__in=_some(dice)).update(
                    expires_at="2020-01-01T00:00:00Z"
                )
            else:  # also tasks that nobody called for: updates of the same task at the same time
                mark_stale(project.pk, Annotation.objects.values_list("task_id", flat=True)[:6])
            quick.update_stale(project.pk)
    finally:
        connection.close()


def _some(dice: random.Random) -> list[int]:
    ids = list(Assignment.objects.filter(state="active").values_list("pk", flat=True))
    return dice.sample(ids, len(ids) // 4)


def _settle(project: Project) -> None:
    while outbox.drain() or StaleTask.objects.exists():
        quick.update_stale(project.pk)
