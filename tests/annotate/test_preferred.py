"""Tasks that a person should get first: within the queue's rules, and as secret as gold."""

import random
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections

from annotate.models import Assignment, QueueCursor, QueueEntry
from annotate.services import hidden, preferred
from annotate.services.preferred import MOST, prefer
from annotate.services.queue import draw
from annotate.services.ranking import prioritize, rerank
from projects.access.doors import find_project
from projects.models import Task
from tests.annotate.gold_world import differences, is_gold, statements, visible, world_with_gold
from tests.annotate.steps import answer, api, hand_out, texts
from tests.world import World, make_tasks, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_dice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every draw looks at the list; a test says otherwise."""
    monkeypatch.setattr(preferred, "BY_ORDER", 0.0)


@pytest.fixture
def world() -> World:
    return make_world(hold_size=10, overlap=2, assignment_policy="by_gain")


def wish(world: World, *places: int) -> list[int]:
    """Ann prefers the tasks at these places; return the ids of all."""
    ids = list(Task.objects.order_by("pk").values_list("pk", flat=True))
    prefer(project_id=world.project.pk, lists={world.ann.pk: [ids[place] for place in places]})
    return ids


def numbers(world: World, count: int = 1) -> list[int]:
    return [int(text[-1]) for text in texts(hand_out(world.project, world.ann, count))]


def test_it_works(world: World) -> None:
    """Her list first, then the order of the queue as if nothing had been; what is drawn so says so."""
    make_tasks(world.project, 6)
    wish(world, 4, 2)
    assert [numbers(world, count)[-1] for count in range(1, 7)] == [4, 2, 0, 1, 3, 5]
    marks = Assignment.objects.order_by("pk").values_list("drawn", flat=True)
    assert list(marks) == ["policy", "policy", "random", "random", "random", "random"]


def test_others_keep_the_order_of_the_queue(world: World) -> None:
    make_tasks(world.project, 3)
    wish(world, 2)
    assert texts(hand_out(world.project, world.abe))[0][-1] == "0"


def test_a_project_that_assigns_by_order_pays_no_attention(world: World) -> None:
    make_tasks(world.project, 3)
    wish(world, 2)
    world.project.assignment_policy = "by_order"
    world.project.save()
    assert numbers(world) == [0]


def test_a_share_of_the_draws_follows_the_queue(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    make_tasks(world.project, 3)
    wish(world, 2)
    monkeypatch.setattr(preferred, "BY_ORDER", 1.0)
    assert numbers(world) == [0]


def test_a_draw_of_more_than_the_list_has_follows_the_queue(world: World) -> None:
    """All or nothing: else the number of items would tell how many of them are gold."""
    make_tasks(world.project, 5)
    wish(world, 4, 3)
    assert numbers(world, 3) == [0, 1, 2]


def test_full_tasks_and_what_she_had_are_passed_over(world: World) -> None:
    make_tasks(world.project, 5)
    ids = wish(world, 4, 3, 2)
    QueueEntry.objects.filter(pk=ids[4]).update(taken=2)
    assert numbers(world) == [3]
    answer(world.ann, hand_out(world.project, world.ann)[0])
    assert numbers(world) == [2]


def test_what_a_manager_or_a_model_put_first_comes_first(world: World) -> None:
    make_tasks(world.project, 6)
    ids = wish(world, 4, 5)
    prioritize(project_id=world.project.pk, task_ids=[ids[3]], priority=5)
    rerank(project_id=world.project.pk, task_ids=[ids[1], ids[5]])
    found = [numbers(world, count)[-1] for count in range(1, 7)]
    assert found == [1, 5, 3, 4, 0, 2]


def test_lists_are_replaced_as_a_whole(world: World) -> None:
    make_tasks(world.project, 3)
    wish(world, 2)
    prefer(project_id=world.project.pk, lists={world.abe.pk: [Task.objects.earliest("pk").pk]})
    assert QueueCursor.objects.get(user=world.ann, epoch=-1).preferred == []
    assert numbers(world) == [0]


def test_too_long_a_list_is_refused(world: World) -> None:
    with pytest.raises(ValueError, match=str(world.ann.pk)):
        prefer(project_id=world.project.pk, lists={world.ann.pk: list(range(MOST + 1))})


def test_without_a_list_not_a_statement_more(world: World) -> None:
    """The same statements as in a project that assigns by order."""
    make_tasks(world.project, 9)
    hand_out(world.project, world.ann)
    world.project.save()

    def drawn() -> Any:
        count = Assignment.objects.filter(user=world.ann).count() + 1
        return statements(lambda: api(world.ann).post(url, {"count": count}, format="json"))[1]

    url = f"/api/v1/projects/{world.project.pk}/next/"
    drawn()
    by_gain = drawn()
    world.project.assignment_policy = "by_order"
    world.project.save()
    assert drawn() == by_gain


@pytest.mark.parametrize("count", [1, 3])
def test_gold_among_preferred_work_shows_in_nothing(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hidden, "dice", random.Random(20261128))
    world = world_with_gold(work=100, gold=60, share=0.5, hold_size=20, overlap=2)
    world.project.assignment_policy = "by_gain"
    world.project.save()
    work = QueueEntry.objects.filter(pool="work").order_by("-pk").values_list("pk", flat=True)
    prefer(project_id=world.project.pk, lists={world.ann.pk: list(work[:60])})
    url = f"/api/v1/projects/{world.project.pk}/next/"
    answer(world.ann, hand_out(world.project, world.ann)[0])  # what is remembered from the first call on
    seen: dict[Any, set[int]] = defaultdict(set)
    for _ in range(60 // (2 * count)):
        response, ran = statements(lambda: api(world.ann).post(url, {"count": count}, format="json"))
        rows = response.json()["assignments"]
        seen[ran, visible(response)].add(sum(map(is_gold, rows)))
        for row in rows:
            answer(world.ann, row)
    assert Assignment.objects.filter(drawn="policy").count() > 10
    assert list(seen.values()) == [set(range(count + 1))], differences(seen)


@pytest.mark.django_db(transaction=True)
def test_two_who_prefer_the_same_never_go_over_the_overlap() -> None:
    world = make_world(hold_size=10, overlap=1, assignment_policy="by_gain")
    ids = [task.pk for task in make_tasks(world.project, 20)]
    people = [world.ann, world.abe]
    prefer(project_id=world.project.pk, lists={person.pk: ids[::-1] for person in people})
    projects = {person.pk: find_project(person, world.project.pk) for person in people}

    def work(person: Any) -> int:
        try:
            return sum(len(draw(projects[person.pk], count).assignments) >= count for count in range(1, 11))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(work, people)) == 20
    rows = Assignment.objects.values_list("task_id", flat=True)
    assert len(rows) == len(set(rows)) == 20
    assert not QueueEntry.objects.exclude(taken=1).exists()
    assert connection.in_atomic_block is False
