"""Probabilities by steps: the database and Python say the same, and filters are exact at every step."""

from math import nextafter
from random import Random

import pytest
from django.db import connection
from django.db.models import Q

from annotate.task_list.filters import expected
from projects.models import TaskSummary
from projects.sureness import at_least, at_most, shown, step_of
from tests.world import make_project, make_tasks, make_world

EDGES = [0.0, 0.005, 0.0149999, 0.015, 0.5, 0.57, 0.984999999, 0.985, 0.985000001, 0.9995, 0.999999999, 1.0]
AROUND = sorted(
    {min(1.0, max(0.0, near)) for at in EDGES for near in (nextafter(at, 0), at, nextafter(at, 1), at + 1e-9)}
)


@pytest.fixture
def known(db: None) -> dict[int, float]:
    """A task for each probability, in no order, and one of which nothing is known."""
    world = make_world()
    project = make_project(world.organization, world.max)
    tasks = make_tasks(project, len(AROUND) + 1)
    mixed = Random(1).sample(AROUND, len(AROUND))
    found = {task.pk: probability for task, probability in zip(tasks[1:], mixed, strict=True)}
    for pk, probability in found.items():
        TaskSummary.objects.filter(pk=pk).update(probability=probability)
    return found


def test_the_database_counts_the_same_steps(known: dict[int, float]) -> None:
    stored = dict(TaskSummary.objects.values_list("pk", "probability_step"))
    assert {pk: step for pk, step in stored.items() if step is not None} == {
        pk: step_of(probability) for pk, probability in known.items()
    }
    assert len(stored) == len(known) + 1, "of which nothing is known has no step"


def test_filters_are_exact(known: dict[int, float]) -> None:
    def let_through(condition: Q) -> set[int]:
        return set(TaskSummary.objects.filter(condition).values_list("pk", flat=True))

    for limit in AROUND:
        assert let_through(at_least(limit)) == {pk for pk, each in known.items() if each >= limit}, limit
        assert let_through(at_most(limit)) == {pk for pk, each in known.items() if each <= limit}, limit


@pytest.mark.django_db
@pytest.mark.parametrize(("low", "high"), [(0.3005, 0.7005), (0.0, 0.4999), (0.8001, 1.0)])
def test_the_database_expects_what_there_is(low: float, high: float) -> None:
    """Not the product of what steps and probabilities let through, nor less for those that have none."""
    world = make_world()
    tasks = make_tasks(make_project(world.organization, world.max), 300)
    for place, task in enumerate(tasks[::2]):
        task.summary.probability = (place + 0.5) / 150
    TaskSummary.objects.bulk_update([task.summary for task in tasks[::2]], ["probability"])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE projects_tasksummary")
    found = TaskSummary.objects.filter(at_least(low), at_most(high))
    assert expected(found) == pytest.approx(found.count(), rel=0.1, abs=2)


def test_what_is_shown_never_falls_where_steps_rise() -> None:
    assert [step_of(each) for each in AROUND] == sorted(step_of(each) for each in AROUND)
    assert [shown(step) for step in range(1000)] == sorted(shown(step) for step in range(1000))
    assert [shown(step_of(each)) for each in (0.0, 0.0049, 0.005, 0.985, 0.9949, 0.995, 1.0)] == [
        *("0.00", "0.00", "0.01", "0.99", "0.99", "1.00", "1.00")
    ]
    for hundredth in range(101):
        assert shown(step_of(hundredth / 100)) == f"{hundredth / 100:.2f}"
