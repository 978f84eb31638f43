"""What imports and exports ask of the database and hold in memory: the same for each batch of any file."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from exchange.exporting.items import Items
from exchange.exporting.request import read_request
from exchange.importing import batches as batches_module
from exchange.importing import tasks as tasks_module
from exchange.importing.batches import Batch, batches, read_ahead
from formats.incoming import Imported
from projects.jobs import run_job
from projects.models import Media, Task, TaskSummary
from projects.services.derivatives import make_waiting
from tests.exchange.scene import Scene
from tests.exchange.steps import IMAGES, Caller, archive, picture
from tests.world import World, make_project

BATCH = 10


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that go to the database meanwhile; COPY is counted where it is called."""
    found: list[str] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        found.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield found


@pytest.fixture
def copies(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows each COPY had."""
    found: list[int] = []
    copy = tasks_module.copy_rows

    def note(table: str, columns: Any, lines: Any) -> None:
        kept = list(lines)
        found.append(len(kept))
        copy(table, columns, kept)

    monkeypatch.setattr(tasks_module, "copy_rows", note)
    return found


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches_module, "MOST_ROWS", BATCH)
    monkeypatch.setattr("exchange.exporting.items.BATCH", BATCH)


def statements_of_import(world: World, rows: int) -> int:
    eve = Caller(world.eve, make_project(world.organization, world.max, members={world.eve: "engineer"}))
    lines = "\n".join(f'{{"id": "r{n}", "data": {{"text": "t"}}}}' for n in range(rows))
    answer = eve.upload("imports/", lines.encode(), "a.jsonl", 202)
    with counted() as statements:
        run_job(int(answer["id"]))
    return len(statements)


def test_an_import_asks_the_same_of_each_batch(world: World, copies: list[int]) -> None:
    one, two, ten = (statements_of_import(world, BATCH * times) for times in (1, 2, 10))
    assert ten - one == 9 * (two - one)
    assert copies == [BATCH] * 13


def test_a_batch_costs_the_same_whatever_its_rows(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    few = statements_of_import(world, BATCH)
    monkeypatch.setattr(batches_module, "MOST_ROWS", BATCH * 10)
    assert statements_of_import(world, BATCH * 10) == few


def test_three_batches_are_in_memory_at_most() -> None:
    made = 0

    def rows() -> Iterator[Imported]:
        nonlocal made
        for number in range(100 * BATCH):
            made += 1
            yield Imported(number, None, {"text": "t"})

    stored = 0
    ready = read_ahead(batches(rows()))
    for batch in ready:
        wanted = min(stored + 3 * BATCH, 100 * BATCH)
        until = time.monotonic() + 10
        while made < wanted:
            assert time.monotonic() < until, "nothing was read ahead"
            time.sleep(0.001)
        assert made == wanted
        stored += batch.size
    assert stored == 100 * BATCH


def test_large_rows_make_small_batches() -> None:
    rows = (Imported(number, None, {"text": "t"}, bytes=3_000_000) for number in range(5))
    assert [batch.size for batch in batches(rows)] == [3, 2]


def test_what_goes_wrong_while_reading_ahead_is_raised() -> None:
    def rows() -> Iterator[Batch]:
        yield Batch()
        raise OSError("the disk is gone")

    ready = read_ahead(rows())
    next(ready)
    with pytest.raises(OSError, match="gone"):
        next(ready)


def test_an_export_asks_the_same_of_each_batch(scene: Scene) -> None:
    ontology = scene.world.project.ontology
    assert ontology is not None

    def statements() -> int:
        wanted = read_request(
            {"format": "jsonl", "answers": "all", "soft": "true", "groups": "true"}, ontology.parsed()
        )
        with counted() as found:
            assert list(Items(scene.world.project, wanted, ontology.parsed()))
        return len(found)

    more_tasks(scene.world, BATCH - 4)  # four are there
    one = statements()
    more_tasks(scene.world, BATCH)
    two = statements()
    more_tasks(scene.world, 8 * BATCH)
    assert statements() - one == 9 * (two - one)


def more_tasks(world: World, count: int) -> None:
    tasks = Task.objects.bulk_create(Task(project=world.project, data={"text": "t"}) for _ in range(count))
    TaskSummary.objects.bulk_create(TaskSummary(task=task, project=world.project) for task in tasks)


def test_images_are_stored_a_batch_at_a_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    members = {world.eve: "engineer", world.ann: "annotator"}
    counts = []
    for count in (2, 8):
        project = make_project(world.organization, world.max, IMAGES, members=members)
        files = {f"{n}.png": picture(20 + n, 10) for n in range(count)}
        answer = Caller(world.eve, project).upload("imports/", archive(files), "photos.zip", 202)
        with counted() as statements:
            run_job(int(answer["id"]))
        counts.append(len(statements))
    assert counts[0] == counts[1]
    waiting = Media.objects.filter(view="")
    assert waiting.count() == 10
    seen = waiting.filter(project=project).last()
    assert seen is not None
    response = Caller(world.ann, project).client.get(f"/media/{seen.key}/thumbnail/")
    assert response.headers["Content-Type"] == "image/webp"
    assert b"".join(response.streaming_content).startswith(b"RIFF")
    assert waiting.count() == 9
    assert make_waiting(60) == 9
    assert not waiting.exists()
