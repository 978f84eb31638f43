"""Waiting for a job's end in one request; the clock is the test's, so that nobody waits in truth."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from projects import waiting
from projects.jobs import cancel_job, start_job
from projects.models import Job
from tests.world import World, make_world

pytestmark = pytest.mark.django_db


class Clock:
    """Time that passes when somebody pauses; ``meanwhile`` is done in each pause."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pauses: list[float] = []
        self.meanwhile: Callable[[], object] = lambda: None

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.pauses.append(seconds)
        self.meanwhile()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(waiting, "time", clock)
    return clock


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def job(world: World) -> Job:
    """One that nobody does."""
    return start_job(project=world.project, kind="import", by=world.max, params={})


def asked(world: World, job: Job, wait: str) -> Any:
    client = APIClient()
    client.force_login(world.max)
    return client.get(f"/api/v1/jobs/{job.pk}/?wait={wait}")


def test_the_answer_comes_with_the_end(world: World, job: Job, clock: Clock) -> None:
    def end() -> None:
        if len(clock.pauses) == 3:
            cancel_job(job=job)

    clock.meanwhile = end
    assert asked(world, job, "10").json()["state"] == "cancelled"
    assert len(clock.pauses) == 3
    assert asked(world, job, "10").json()["state"] == "cancelled"
    assert len(clock.pauses) == 3, "what is over is not waited for"


def test_nobody_waits_for_longer_than_ten_seconds(world: World, job: Job, clock: Clock) -> None:
    assert asked(world, job, "3").json()["state"] == "queued"
    assert 3 <= clock.now < 3.5
    clock.now = 0
    assert asked(world, job, "9999999").json()["state"] == "queued"
    assert 10 <= clock.now < 10.5
    assert clock.pauses[0] == min(clock.pauses) < 0.02
    assert 0.1 < max(clock.pauses) < 0.5, "the longer it took, the longer, but no longer than that"


def test_few_of_the_threads_wait(world: World, job: Job, clock: Clock) -> None:
    """A third that asks meanwhile has its answer at once."""
    answers = []

    def ask() -> None:
        begun = len(clock.pauses)
        if begun <= waiting.MOST_AT_ONCE:  # of each that waits, the first pause
            answers.append((asked(world, job, "1").json()["state"], len(clock.pauses) - begun))

    clock.meanwhile = ask
    asked(world, job, "1")
    assert answers[0] == ("queued", 0), "the third"
    assert answers[1][1] > 0
    clock.meanwhile, before = lambda: None, len(clock.pauses)
    asked(world, job, "1")
    assert len(clock.pauses) > before, "their places are free again"


@pytest.mark.parametrize("wait", ["-1", "soon", "1.5", "²"])
def test_what_is_no_number_is_refused(world: World, job: Job, wait: str) -> None:
    answer = asked(world, job, wait)
    assert answer.status_code == 400
    assert answer.json()["error"]["fields"][0]["path"] == "wait"
