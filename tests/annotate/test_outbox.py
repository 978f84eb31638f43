"""Events after the commit: effects once, however often they are delivered; what fails is parked."""

import threading

import pytest
from django.db import connection, transaction

from annotate import outbox
from annotate.models import ActivityDay, OutboxEvent
from annotate.outbox import MOST_ATTEMPTS, Consumer, drain, emit
from annotate.tasks import drain_outbox
from tests.annotate.steps import answer, api, hand_out
from tests.world import make_tasks, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def consumers(monkeypatch):
    """Only the consumers that a test registers."""
    registered: dict[str, Consumer] = {}
    monkeypatch.setattr(outbox, "_consumers", registered)
    return registered


def test_it_works(consumers) -> None:
    seen = []
    outbox.register_consumer("c", ["submitted"], lambda project, events: seen.append((project, len(events))))
    emit("submitted", project_id=1)
    emit("submitted", project_id=1)
    emit("submitted", project_id=2)
    emit("other", project_id=1)
    assert drain() == 4
    assert sorted(seen) == [(1, 2), (2, 1)]
    assert not OutboxEvent.objects.exists()


def test_nothing_is_emitted_by_a_transaction_that_fails() -> None:
    with transaction.atomic():
        emit("submitted", project_id=1)
        transaction.set_rollback(True)
    assert not OutboxEvent.objects.exists()


def test_what_fails_is_tried_again_and_then_parked(consumers) -> None:
    runs = {"good": 0, "bad": 0}

    def good(project_id, events) -> None:
        runs["good"] += len(events)

    def bad(project_id, events) -> None:
        runs["bad"] += 1
        raise RuntimeError("no")

    outbox.register_consumer("good", ["x"], good)
    outbox.register_consumer("bad", ["x"], bad)
    emit("x", project_id=1)
    for _ in range(MOST_ATTEMPTS + 2):
        drain()
    event = OutboxEvent.objects.get()
    assert runs == {"good": 1, "bad": MOST_ATTEMPTS}
    assert event.parked_at is not None
    assert event.error == "bad: RuntimeError: no"
    assert event.done == ["good"]


def test_one_bad_event_stops_no_other(consumers) -> None:
    handled = []

    def picky(project_id, events) -> None:
        if any(event.payload.get("poison") for event in events):
            raise ValueError
        handled.extend(event.payload["n"] for event in events)

    outbox.register_consumer("picky", ["x"], picky)
    for number in range(5):
        emit("x", project_id=1, n=number, poison=number == 2)
    drain()
    assert handled == [0, 1, 3, 4]
    assert OutboxEvent.objects.get().payload["n"] == 2


def test_effects_of_a_failed_consumer_are_taken_back(consumers) -> None:
    world = make_world()

    def half(project_id, events) -> None:
        ActivityDay.objects.create(project_id=project_id, user=world.ann, day="2026-01-01")
        raise RuntimeError

    outbox.register_consumer("half", ["x"], half)
    emit("x", project_id=world.project.pk)
    drain()
    assert not ActivityDay.objects.exists()


def test_the_broker_may_be_away(monkeypatch, django_capture_on_commit_callbacks) -> None:
    calls = []

    def unreachable() -> None:
        calls.append(1)
        raise OSError("connection refused")

    monkeypatch.setattr(drain_outbox, "delay", unreachable)
    monkeypatch.setattr(outbox, "_poker", outbox._Poker())
    with django_capture_on_commit_callbacks(execute=True):
        emit("x", project_id=1)
        emit("x", project_id=1)
    assert calls == [1]  # the second does not even try
    assert OutboxEvent.objects.count() == 2


def test_activity_counts_each_answer_once() -> None:
    world = make_world()
    make_tasks(world.project, 4)
    rows = hand_out(world.project, world.ann, 4)
    head = answer(world.ann, rows[0])
    answer(world.ann, rows[1])
    api(world.ann).post(f"/api/v1/assignments/{rows[2]['id']}/skip/", {"reason": "other"}, format="json")
    change = {"value": {"sentiment": "neutral"}, "base": 1, "seconds": 3}
    assert api(world.ann).patch(f"/api/v1/annotations/{head}/", change, format="json").status_code == 200
    for _ in range(3):
        drain_outbox()
    day = ActivityDay.objects.get()
    assert (day.answers, day.corrections, day.skips, day.seconds) == (2, 1, 1, 3.0)


@pytest.mark.django_db(transaction=True)
def test_delivered_to_two_workers_at_once_it_has_its_effect_once() -> None:
    world = make_world()
    for _ in range(600):
        emit("skipped", project_id=world.project.pk, user_id=world.ann.pk)
    barrier = threading.Barrier(3)

    def worker() -> None:
        barrier.wait()
        drain_outbox()
        drain_outbox()
        connection.close()

    threads = [threading.Thread(target=worker) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(ActivityDay.objects.values_list("skips", flat=True)) == 600
    assert not OutboxEvent.objects.exists()
