"""Assignment by expected gain on real rows: who gets what after a full run, and who gets nothing special."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from annotate.models import Assignment, QueueCursor
from annotate.services import preferred
from annotate.services.queue import draw
from labeltypes.base import JsonObject
from projects.access.doors import find_project
from projects.models import Membership
from quality.models import Consensus, Trust
from quality.services import assignment
from quality.services.full_run import full_run
from tests.quality.crowd import Crowd, answer, make_crowd, settle, write_all

pytestmark = pytest.mark.django_db

KINDS = {
    "media": [{"name": "text", "kind": "text", "source": "text"}],
    "fields": [{"name": "kind", "type": "choice", "options": ["cat", "dog", "elm", "oak"], "required": True}],
}
ANIMALS, TREES = ("cat", "dog"), ("elm", "oak")
PAST = 60  # tasks that all four answered; the ones after them are open


def said(person: int, truth: str, number: int) -> JsonObject:
    """Persons 0 and 1 know animals, 2 and 3 trees; of the other half each says one word or the other."""
    mine, other = (ANIMALS, TREES) if person < 2 else (TREES, ANIMALS)
    return {"kind": truth if truth in mine else other[(number // 4 + person) % 2]}


@pytest.fixture
def crowd(monkeypatch: pytest.MonkeyPatch) -> Crowd:
    monkeypatch.setattr(preferred, "BY_ORDER", 0.0)
    cache.clear()
    found = make_crowd(4, PAST + 8, ontology=KINDS, overlap=4, assignment_policy="by_gain")
    truth = [(*ANIMALS, *TREES)[task % 4] for task in range(PAST)]
    everyone = [(task, person) for task in range(PAST) for person in range(4)]
    write_all(found, [(task, person, said(person, truth[task], task)) for task, person in everyone])
    Assignment.objects.update(state="submitted")  # nobody holds them any more
    full_run(found.project)
    return found


def doubtful(crowd: Crowd) -> tuple[list[int], list[int]]:
    """Eight open tasks with an answer each: who answered knows nothing of them. Animals, then trees."""
    animals, trees = crowd.tasks[PAST : PAST + 4], crowd.tasks[PAST + 4 :]
    for task in animals:
        answer(crowd.project, task, crowd.people[3], {"kind": "dog"})
    for task in trees:
        answer(crowd.project, task, crowd.people[1], {"kind": "elm"})
    settle()
    return [task.pk for task in animals], [task.pk for task in trees]


def test_it_works(crowd: Crowd) -> None:
    """Whoever knows animals gets what may be one or the other animal, though trees stand nearer the end."""
    animals, trees = doubtful(crowd)
    lists = assignment.preferred_lists(crowd.project)
    first, third = crowd.people[0], crowd.people[2]
    assert set(lists[first.pk][:4]) == set(animals)
    assert set(lists[third.pk][:4]) == set(trees)
    assert not set(lists[crowd.people[3].pk]) & set(animals), "nobody is wanted for what they answered"

    assert assignment.refresh_all() == 1
    got = draw(find_project(third, crowd.project.pk), 1).assignments
    assert [row.task_id for row in got] == lists[third.pk][:1]
    assert got[0].drawn == "policy"
    assert assignment.preferred_lists(crowd.project) == {
        user: [task for task in tasks if (user, task) != (third.pk, got[0].task_id)]
        for user, tasks in lists.items()
    }, "nothing else has changed"


def test_lists_follow_what_is_answered(crowd: Crowd) -> None:
    """One more answer of somebody who knows settles a task: it is worth less than those still in doubt."""
    animals, _ = doubtful(crowd)
    answer(crowd.project, crowd.tasks[PAST], crowd.people[0], {"kind": "dog"})
    settle()
    assert assignment.preferred_lists(crowd.project)[crowd.people[0].pk][:3] != animals[:3]
    other = assignment.preferred_lists(crowd.project)[crowd.people[0].pk]
    assert animals[0] not in other


def test_nobody_is_preferred(crowd: Crowd) -> None:
    """Not in a project that assigns by order, nor before a full run, nor who is paused or gone."""
    doubtful(crowd)
    paused, gone = crowd.people[:2]
    Membership.objects.filter(user=paused).update(paused_at=timezone.now())
    Assignment.objects.filter(user=gone).update(created_at=timezone.now() - timedelta(hours=1))
    assert {paused.pk, gone.pk}.isdisjoint(assignment.preferred_lists(crowd.project))
    crowd.project.assignment_policy = "by_order"
    assert assignment.preferred_lists(crowd.project) == {}
    assert not assignment.refresh_if_due(crowd.project)


def test_before_a_full_run_there_is_nothing_to_go_by() -> None:
    crowd = make_crowd(2, 4, ontology=KINDS, overlap=2, assignment_policy="by_gain")
    answer(crowd.project, crowd.tasks[0], crowd.people[0], {"kind": "cat"})
    settle()
    assert assignment.preferred_lists(crowd.project) == {}


def test_a_refresh_follows_answers_but_not_each_of_them(crowd: Crowd) -> None:
    doubtful(crowd)
    assert assignment.refresh_if_due(crowd.project)
    assert QueueCursor.objects.exclude(preferred=[]).count() == 4
    assert not assignment.refresh_if_due(crowd.project)


def test_somebody_without_a_matrix_is_judged_as_people_in_general(crowd: Crowd) -> None:
    doubtful(crowd)
    Trust.objects.filter(user=crowd.people[0]).delete()
    assert crowd.people[0].pk in assignment.preferred_lists(crowd.project)


def test_statements_do_not_grow_with_tasks(crowd: Crowd) -> None:
    doubtful(crowd)
    with CaptureQueriesContext(connection) as few:
        assignment.preferred_lists(crowd.project)
    Consensus.objects.filter(task__in=[task.pk for task in crowd.tasks[PAST : PAST + 6]]).delete()
    with CaptureQueriesContext(connection) as fewer:
        assignment.preferred_lists(crowd.project)
    assert len(few) == len(fewer) <= 14
