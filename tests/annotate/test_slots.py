"""Overlap, order and pools, changed while people work."""

import pytest

from annotate import outbox
from annotate.models import Annotation, Assignment, Pool, QueueEntry
from annotate.services import slots
from annotate.services.ranking import prioritize, rerank
from annotate.services.summaries import TaskConsensus, apply_consensus
from projects.models import TaskSummary
from projects.services.projects import change_project
from tests.annotate.steps import NEGATIVE, POSITIVE, answer, hand_out, is_extra, submit, texts
from tests.world import World, make_tasks, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def states(world: World) -> list[str]:
    rows = TaskSummary.objects.filter(project=world.project).order_by("task_id")
    return list(rows.values_list("state", flat=True))


def by_text(tasks, text: str) -> int:
    return next(task.pk for task in tasks if task.data["text"] == text)


def test_it_works(world: World) -> None:
    tasks = make_tasks(world.project, ["a", "b", "c", "d"])
    hand_out(world.project, world.abe, 1)
    moved = rerank(project_id=world.project.pk, task_ids=[by_text(tasks, "d"), by_text(tasks, "b")])
    assert moved == 2
    assert texts(hand_out(world.project, world.ann, 3)) == ["d", "b", "c"]
    assert set(Assignment.objects.filter(user=world.ann).values_list("drawn", flat=True)) == {
        "policy",
        "random",
    }


def test_ranking_reaches_people_who_are_past_these_tasks() -> None:
    world = make_world(overlap=2)
    tasks = make_tasks(world.project, ["a", "b", "c", "d"])
    for row in hand_out(world.project, world.ann, 2):
        answer(world.ann, row)
    rerank(project_id=world.project.pk, task_ids=[by_text(tasks, text) for text in "dba"])
    assert texts(hand_out(world.project, world.ann, 5)) == ["d", "c"]


def test_what_reopens_after_a_ranking_still_comes_first(world: World) -> None:
    tasks = make_tasks(world.project, ["a", "b", "c"])
    (row,) = hand_out(world.project, world.abe, 1)
    rerank(project_id=world.project.pk, task_ids=[by_text(tasks, "c")])
    from annotate.services.held import release

    release(assignment=Assignment.objects.get(pk=row["id"]))
    assert texts(hand_out(world.project, world.ann, 3)) == ["a", "c", "b"]


def test_a_share_of_a_ranking_is_drawn_at_random_among_all(world: World) -> None:
    tasks = make_tasks(world.project, 400)
    top = [task.pk for task in tasks[:100]]
    rerank(project_id=world.project.pk, task_ids=top, random_share=0.2)
    epoch = QueueEntry.objects.filter(drawn="policy").first().epoch
    moved = QueueEntry.objects.filter(epoch=epoch).order_by("order_key")
    drawn = list(moved.values_list("drawn", flat=True))
    assert drawn.count("random") == 25
    sampled = set(moved.filter(drawn="random").values_list("pk", flat=True))
    assert sampled - set(top)
    assert drawn.count("policy") == 100 - len(sampled & set(top))
    positions = [place for place, how in enumerate(drawn) if how == "random"]
    assert min(positions) < 40
    assert max(positions) > 80


@pytest.mark.parametrize("share", [-0.1, 1.0])
def test_a_share_outside_its_range_is_refused(world: World, share: float) -> None:
    with pytest.raises(ValueError, match="random_share"):
        rerank(project_id=world.project.pk, task_ids=[], random_share=share)


def test_full_tasks_are_not_ranked(world: World) -> None:
    tasks = make_tasks(world.project, ["a", "b"])
    answer(world.ann, hand_out(world.project, world.ann)[0])
    assert rerank(project_id=world.project.pk, task_ids=[task.pk for task in tasks]) == 1


def test_priorities(world: World) -> None:
    tasks = make_tasks(world.project, ["a", "b", "c", "d"])
    prioritize(project_id=world.project.pk, task_ids=[by_text(tasks, "c")], priority=5)
    prioritize(project_id=world.project.pk, task_ids=[by_text(tasks, "a")], priority=-5)
    assert texts(hand_out(world.project, world.ann, 5)) == ["c", "b", "d", "a"]


def test_more_slots_reopen_answered_tasks(world: World) -> None:
    make_tasks(world.project, ["a", "b"])
    answer(world.ann, hand_out(world.project, world.ann)[0])
    assert states(world) == ["answered", "open"]
    change_project(project=world.project, by=world.max, settings={"overlap": 2})
    outbox.drain()
    outbox.drain()
    assert states(world) == ["open", "open"]
    world.project.refresh_from_db()
    assert set(texts(hand_out(world.project, world.abe, 5))) == {"a", "b"}
    assert texts(hand_out(world.project, world.ann, 5)) == ["b"]


def test_fewer_slots_take_nothing_away() -> None:
    world = make_world(overlap=3)
    make_tasks(world.project, ["a", "b"])
    first = hand_out(world.project, world.ann, 2)
    second = hand_out(world.project, world.abe, 2)
    answer(world.ann, first[0])
    change_project(project=world.project, by=world.max, settings={"overlap": 1})
    outbox.drain()
    outbox.drain()
    assert list(QueueEntry.objects.order_by("pk").values_list("wanted", "taken", "answered")) == [
        (2, 2, 1),
        (2, 2, 0),
    ]
    assert not is_extra(submit(world.abe, second[0]))
    assert states(world) == ["answered", "open"]
    world.project.refresh_from_db()
    assert hand_out(world.project, world.rita, 5) == []


def test_requeue_of_blocked_and_answered_tasks(world: World) -> None:
    tasks = make_tasks(world.project, ["a", "b"])
    ids = [task.pk for task in tasks]
    answer(world.ann, hand_out(world.project, world.ann)[0])
    slots.block(project_id=world.project.pk, task_ids=[ids[1]])
    assert states(world) == ["answered", "blocked"]
    assert slots.requeue(project_id=world.project.pk, task_ids=ids) == 2
    assert states(world) == ["open", "open"]
    assert sorted(texts(hand_out(world.project, world.abe, 5))) == ["a", "b"]


def test_archived_tasks_are_not_handed_out_and_come_back(world: World) -> None:
    tasks = make_tasks(world.project, ["a", "b"])
    slots.archive(project_id=world.project.pk, task_ids=[tasks[0].pk])
    assert texts(hand_out(world.project, world.ann, 5)) == ["b"]
    slots.restore(project_id=world.project.pk, task_ids=[tasks[0].pk])
    assert texts(hand_out(world.project, world.ann, 5)) == ["b", "a"]


def test_sending_tasks_to_review() -> None:
    world = make_world(overlap=2)
    tasks = make_tasks(world.project, 1)
    for person in (world.ann, world.abe):
        answer(person, hand_out(world.project, person)[0])
    assert slots.send_to_review(project_id=world.project.pk, task_ids=[tasks[0].pk]) == 2
    assert states(world) == ["review"]


def test_pools_keep_counts(world: World) -> None:
    tasks = make_tasks(world.project, ["a", "b"])
    hand_out(world.project, world.ann)
    ids = [tasks[0].pk]
    slots.set_pool(project_id=world.project.pk, task_ids=ids, pool=Pool.GOLD)
    assert texts(hand_out(world.project, world.abe, 5)) == ["b"]
    slots.set_pool(project_id=world.project.pk, task_ids=ids, pool=Pool.WORK)
    entry = QueueEntry.objects.get(pk=ids[0])
    assert (entry.pool, entry.taken, entry.answered) == ("work", 1, 0)


def consensus(task_id: int, value=None, **more) -> TaskConsensus:
    return TaskConsensus(
        task_id, value or NEGATIVE, agreement=0.5, probability=0.9, classes=("negative",), **more
    )


def test_consensus_fills_in_what_no_person_has_settled(world: World) -> None:
    tasks = make_tasks(world.project, ["a", "b"])
    answer(world.ann, hand_out(world.project, world.ann)[0])
    results = [consensus(task.pk, final=True) for task in tasks]
    for _ in range(2):
        apply_consensus(project_id=world.project.pk, results=results)
        first, second = TaskSummary.objects.order_by("pk")
        assert (first.state, first.source, first.value, first.probability) == (
            "done",
            "consensus",
            NEGATIVE,
            0.9,
        )
        assert (second.state, second.classes) == ("open", ["negative"])
    apply_consensus(
        project_id=world.project.pk,
        results=[TaskConsensus(tasks[0].pk, None, agreement=None, probability=None)],
    )
    first.refresh_from_db()
    assert (first.value, first.source, first.probability) == (None, "", None)


def test_a_person_stands_above_consensus(world: World) -> None:
    from annotate.services.adjudications import adjudicate

    (task,) = make_tasks(world.project, 1)
    adjudicate(task=task, project=world.project, by=world.max, value=POSITIVE)
    apply_consensus(project_id=world.project.pk, results=[consensus(task.pk)])
    summary = TaskSummary.objects.get()
    assert (summary.source, summary.value, summary.agreement) == ("adjudication", POSITIVE, 0.5)
    assert summary.classes == ["positive"]


def test_consensus_stays_in_its_project(world: World) -> None:
    from tests.world import make_project

    other = make_project(world.organization, world.max)
    (task,) = make_tasks(other, 1)
    apply_consensus(project_id=world.project.pk, results=[consensus(task.pk)])
    assert TaskSummary.objects.get(pk=task.pk).value is None


def test_discarding_a_persons_answers_and_back() -> None:
    from annotate.models import OutboxEvent
    from tests.annotate.steps import api

    world = make_world(overlap=2)
    make_tasks(world.project, ["a", "b", "c"])
    for row in hand_out(world.project, world.ann, 3)[:2]:
        answer(world.ann, row)
    for row in hand_out(world.project, world.abe, 3)[:1]:
        answer(world.abe, row)
    url = f"/api/v1/projects/{world.project.pk}/members/{world.ann.pk}/discard/"
    assert api(world.rita).post(url).status_code == 403
    assert api(world.max).get(url).json() == {"answers": 2, "restorable": 0}
    assert states(world) == ["answered", "open", "open"]
    assert api(world.max).post(url).json() == {"answers": 2}
    assert states(world) == ["open", "open", "open"]
    counts = QueueEntry.objects.order_by("pk").values_list("taken", "answered")
    assert list(counts) == [(1, 1), (1, 0), (1, 0)]
    assert OutboxEvent.objects.filter(kind="discarded").count() == 2
    assert texts(hand_out(world.project, world.ann, 5)) == ["c"]
    answer(world.rita, next(r for r in hand_out(world.project, world.rita, 5) if texts([r]) == ["a"]))
    assert api(world.max).delete(url).json() == {"answers": 2}
    extra = Annotation.objects.filter(user=world.ann).order_by("task_id").values_list("is_extra", flat=True)
    assert list(extra)[:2] == [True, True]  # Rita took both slots: one answered, one in hand
    assert api(world.max).get(url).json() == {"answers": 2, "restorable": 0}


def test_restored_answers_take_free_slots_again(world: World) -> None:
    from tests.annotate.steps import api

    make_tasks(world.project, ["a"])
    answer(world.ann, hand_out(world.project, world.ann)[0])
    url = f"/api/v1/projects/{world.project.pk}/members/{world.ann.pk}/discard/"
    api(world.max).post(url)
    api(world.max).delete(url)
    assert states(world) == ["answered"]
    assert list(QueueEntry.objects.values_list("taken", "answered")) == [(1, 1)]
    assert Annotation.objects.get().is_extra is False
