"""One of any number of beats schedules. That another takes over is in tests/cluster, with real processes."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from celery import Celery
from django.conf import settings

from config import beat
from config.beat import LOOK_EVERY, Lock, Scheduler

GONE = -2  # Redis says of a key that has run out


@pytest.fixture(autouse=True)
def _released() -> Iterator[None]:
    yield
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.delete(f"{settings.REDIS_PREFIX}:beat")


def test_it_works() -> None:
    one, other = Lock(), Lock()
    assert [one.take(), other.take(), one.take(), other.take()] == [True, False, True, False]
    other.leave()  # nothing of its own
    assert not other.take()
    one.leave()
    assert [other.take(), one.take()] == [True, False]


def test_it_runs_out_when_its_holder_dies(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = Lock(), Lock()
    monkeypatch.setattr(beat, "HELD_SECONDS", 0.1)
    assert one.take()
    monkeypatch.undo()
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        left = client.pttl(f"{settings.REDIS_PREFIX}:beat")
    assert left == GONE or 0 <= left <= 100, "it has an end, and a near one"
    until = time.monotonic() + 20
    while not other.take():
        assert time.monotonic() < until
    assert not one.take()


def test_without_redis_nobody_schedules(settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    lock = Lock()
    assert not lock.take()
    lock.leave()


def test_only_the_holder_sends_what_is_due(tmp_path: Path) -> None:
    queue = f"{settings.REDIS_PREFIX}:due"
    with (
        Celery(broker=settings.REDIS_URL, set_as_current=False) as app,
        redis.Redis.from_url(settings.REDIS_URL) as client,
    ):
        app.conf.beat_schedule = {"due": {"task": "t", "schedule": 0.0, "options": {"queue": queue}}}
        beats = [Scheduler(app, schedule_filename=str(tmp_path / name)) for name in ("one", "two")]
        sent = []
        for scheduler in (*beats, *beats):
            before = client.llen(queue)
            scheduler.tick()
            sent.append(client.llen(queue) > before)
        assert beats[1].tick() == LOOK_EVERY
        beats[0].close()
        before = client.llen(queue)
        beats[1].tick()
        assert client.llen(queue) > before
        beats[1].close()
        client.delete(queue)
    assert sent == [True, False, True, False]
