"""Exact under concurrency: 20 threads on one small queue; the counters agree with the rows they count."""

import random
import threading
import uuid
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import connection

from accounts.models import OrganizationMembership, User
from annotate.models import Annotation, AnnotationVersion, Assignment, OutboxEvent, QueueEntry
from annotate.services.held import skip
from annotate.services.queue import draw
from annotate.services.submit import submit
from projects.access.doors import find_project
from projects.models import Membership, Project, TaskSummary
from tests.world import World, make_tasks, make_world

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 20


def make_people(world: World, count: int) -> list[User]:
    """So many more annotators, who never sign in."""
    people = User.objects.bulk_create(
        User(email=f"p{number}@example.org", password="!") for number in range(count)
    )
    OrganizationMembership.objects.bulk_create(
        OrganizationMembership(organization=world.organization, user=person) for person in people
    )
    Membership.objects.bulk_create(
        Membership(project=world.project, user=person, role="annotator") for person in people
    )
    return people


def run_all(functions: list[Callable[[], None]]) -> None:
    """Run these at the same time; the first problem of any of them is raised."""
    problems: list[BaseException] = []
    barrier = threading.Barrier(len(functions))

    def run(function: Callable[[], None]) -> None:
        try:
            barrier.wait()
            function()
        except BaseException as error:
            problems.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(function,)) for function in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if problems:
        raise problems[0]


def work_until_empty(project: Project, person: User, dice: random.Random, skips: float) -> None:
    access = find_project(person, project.pk)
    while rows := draw(access, dice.randint(1, 5)).assignments:
        for row in rows:
            if dice.random() < skips:
                skip(assignment=row, project=project, reason="other")
            else:
                submit(assignment=row, value={"sentiment": "positive"}, seconds=1, key=uuid.uuid4().hex)


def check_exact(project: Project) -> None:
    """Counters agree with the rows they count, and nobody is over."""
    answers = Counter(
        Annotation.objects.filter(project=project, is_extra=False).values_list("task_id", flat=True)
    )
    held = Counter(
        Assignment.objects.filter(project=project, holds_slot=True).values_list("task_id", flat=True)
    )
    for entry in QueueEntry.objects.filter(project=project):
        assert answers[entry.pk] == entry.answered <= entry.wanted
        assert held[entry.pk] == entry.taken <= entry.wanted
        assert TaskSummary.objects.get(pk=entry.pk).answers == entry.answered
    pairs = Annotation.objects.filter(project=project).values_list("task_id", "user_id")
    assert len(pairs) == len(set(pairs))


@pytest.mark.parametrize("overlap", [1, 3])
def test_it_works(overlap: int) -> None:
    world = make_world(overlap=overlap)
    make_tasks(world.project, 60)
    people = make_people(world, THREADS)
    jobs = [
        lambda person=person, seed=seed: work_until_empty(world.project, person, random.Random(seed), 0.0)
        for seed, person in enumerate(people)
    ]
    run_all(jobs)
    for person in people:  # whoever was told "waiting" a moment too early gets the rest
        work_until_empty(world.project, person, random.Random(0), 0.0)
    check_exact(world.project)
    assert Annotation.objects.count() == 60 * overlap
    assert set(TaskSummary.objects.values_list("state", flat=True)) == {"answered"}


def test_with_skips() -> None:
    world = make_world(overlap=2, skip_limit=100)
    make_tasks(world.project, 30)
    people = make_people(world, THREADS)
    jobs = [
        lambda person=person, seed=seed: work_until_empty(world.project, person, random.Random(seed), 0.2)
        for seed, person in enumerate(people)
    ]
    run_all(jobs)
    for person in people:
        work_until_empty(world.project, person, random.Random(0), 0.0)
    check_exact(world.project)
    assert Annotation.objects.count() == 60


def test_one_person_in_many_tabs_holds_no_more_than_allowed() -> None:
    world = make_world(hold_size=5)
    make_tasks(world.project, 60)
    access = find_project(world.ann, world.project.pk)
    draw(access, 1)  # the first time of all, calls wait for each other where the person's row is made
    run_all([lambda: draw(access, 5) and None] * THREADS)
    assert Assignment.objects.count() == 5
    check_exact(world.project)


def test_one_answer_sent_many_times_at_once_is_stored_once() -> None:
    world = make_world()
    make_tasks(world.project, 1)
    (row,) = draw(find_project(world.ann, world.project.pk), 1).assignments
    stored: list[tuple[int, bool]] = []

    def send() -> None:
        result = submit(assignment=row, value={"sentiment": "neutral"}, seconds=1, key="the-one-key")
        stored.append((result.annotation.pk, result.created))

    run_all([send] * THREADS)
    assert len({pk for pk, _ in stored}) == 1
    assert sum(created for _, created in stored) == 1
    assert AnnotationVersion.objects.count() == OutboxEvent.objects.count() == 1
    check_exact(world.project)


def test_leases_that_expire_while_many_draw() -> None:
    """Half of the people take work and vanish; the others get all of it."""
    world = make_world(overlap=2)
    make_tasks(world.project, 40)
    people = make_people(world, THREADS)
    for person in people[:8]:
        draw(find_project(person, world.project.pk), 5)
    Assignment.objects.update(expires_at="2020-01-01T00:00:00Z")
    jobs = [
        lambda person=person, seed=seed: work_until_empty(world.project, person, random.Random(seed), 0.0)
        for seed, person in enumerate(people[8:])
    ]
    run_all(jobs)
    for person in people[8:]:
        work_until_empty(world.project, person, random.Random(0), 0.0)
    check_exact(world.project)
    assert Annotation.objects.count() == 80
