"""One full path with a real Celery worker: answers in over HTTP, consensus and grades out."""

import time
from collections.abc import Callable

import pytest

from annotate.models import Drawn
from annotate.tasks import drain_outbox
from projects.models import Job, TaskSummary
from quality.models import Agreement, Consensus, GoldGrade
from quality.services.full_run import start_full_run
from quality.services.gold import make_gold
from quality.tasks import sweep_stale
from tests.quality.crowd import answer, make_crowd

SECONDS = 60.0


def _until(condition: Callable[[], bool]) -> None:
    """Wait, with the beat's part played here: it pokes the outbox and sweeps what a message left behind."""
    until, beat = time.monotonic() + SECONDS, 0.0
    while not condition():
        assert time.monotonic() < until, "the worker did not get there"
        if time.monotonic() > beat:
            drain_outbox.delay()
            sweep_stale.delay()
            beat = time.monotonic() + 3
        time.sleep(0.05)


@pytest.mark.slow
def test_answers_become_consensus_and_grades(celery_worker_process: int) -> None:
    crowd = make_crowd(3, 2, overlap=3)
    first, second = crowd.tasks
    make_gold(project=crowd.project, task=second, answers=[{"follows": "yes"}], by=None)
    for person, code in zip(crowd.people, ("yes", "yes", "no"), strict=True):
        answer(crowd.project, first, person, {"follows": code})
        answer(crowd.project, second, person, {"follows": code}, drawn=Drawn.GOLD)
    _until(lambda: GoldGrade.objects.count() == 3)
    _until(lambda: TaskSummary.objects.get(task=first).value == {"follows": "yes"})
    job = start_full_run(project=crowd.project, by=None)
    _until(lambda: Job.objects.get(pk=job.pk).state == "done")
    assert Agreement.objects.filter(project=crowd.project, coefficient="alpha").exists()


@pytest.mark.slow
def test_rankings_become_one(celery_worker_process: int) -> None:
    """By two who agree against one; after a full run the pairs' probabilities are there too."""
    field = {"name": "best", "type": "ranking", "options": ["a", "b", "c"], "required": True}
    media = [{"name": "text", "kind": "text", "source": "text"}]
    crowd = make_crowd(3, 1, overlap=3, ontology={"media": media, "fields": [field]})
    [task] = crowd.tasks
    for person, said in zip(crowd.people, ("bca", "bac", "abc"), strict=True):
        answer(crowd.project, task, person, {"best": list(said)})
    _until(lambda: TaskSummary.objects.get(task=task).value == {"best": ["b", "a", "c"]})
    job = start_full_run(project=crowd.project, by=None)
    _until(lambda: Job.objects.get(pk=job.pk).state == "done")
    merged = Consensus.objects.get(task=task)
    assert merged.value == ["b", "a", "c"]
    assert set(merged.distribution) == {"[a] > [b]", "[a] > [c]", "[b] > [c]"}
