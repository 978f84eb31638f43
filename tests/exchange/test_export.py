"""Exports through the API: streams, jobs, manifests, filters, and what other libraries read in them."""

import hashlib
import json
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from annotate.models import Annotation
from annotate.services.adjudications import adjudicate
from annotate.services.reviews import Judgement, give_verdict
from exchange.exporting.items import BATCH
from exchange.exporting.producer import Producer
from exchange.exporting.request import read_request
from projects.jobs import run_job
from projects.models import Job, Task, TaskSummary
from tests.annotate.steps import answer, hand_out
from tests.exchange.scene import Scene, project_of, stream
from tests.exchange.steps import Caller
from tests.world import World, make_tasks, make_world

own_connection = pytest.mark.django_db(transaction=True)  # the export's thread sees what is committed only


def settle(world: World, first: Annotation, by: User) -> None:
    give_verdict(annotation=first, project=world.project, by=by, judgement=Judgement("accept"))


@own_connection
def test_it_works(scene: Scene) -> None:
    rows = scene.lines(format="jsonl", answers="all")
    assert [row["id"] for row in rows] == ["x0", "x1", "x2", "x3"]
    assert rows[1]["final"] == {"value": {"sentiment": "negative"}, "probability": 0.8, "source": "consensus"}
    assert rows[2]["final"] is None
    [told] = rows[0]["annotations"]
    assert told["value"] == {"sentiment": "positive"}
    assert told["person"].startswith("p-")
    assert told["ontology"] == 1
    assert "Ann" not in json.dumps(rows)


def test_final_values_stand_in_their_order(scene: Scene) -> None:
    first = Annotation.objects.get(user=scene.world.ann)
    settle(scene.world, first, scene.world.rita)
    assert scene.lines()[0]["final"]["source"] == "review"
    neutral = {"sentiment": "neutral"}
    adjudicate(task=first.task, project=scene.world.project, by=scene.world.rita, value=neutral)
    final = scene.lines()[0]["final"]
    assert (final["source"], final["value"]) == ("adjudication", neutral)


def test_filters(scene: Scene) -> None:
    first = Annotation.objects.get(user=scene.world.ann)
    settle(scene.world, first, scene.world.rita)
    ids = lambda **query: [row["id"] for row in scene.lines(**query)]  # noqa: E731
    assert ids(reviewed="true") == ["x0"]
    assert ids(min_probability="0.5") == ["x0", "x1"]
    assert ids(min_probability="0.9") == ["x0"]
    assert ids(state="open") == ["x2", "x3"]
    assert ids(state="open,done") == ["x0", "x1", "x2", "x3"]
    moment = timezone.now().isoformat()
    assert ids(since=moment) == []
    answer(scene.world.ann, hand_out(scene.world.project, scene.world.ann)[0])
    assert ids(since=moment) == ["x2"]
    assert ids(**{"from": moment}) == ["x2"]
    assert ids(to=moment) == ["x0", "x1"]
    TaskSummary.objects.filter(task__external_id="x3").update(state="archived")
    assert ids() == ["x0", "x1", "x2"]
    assert ids(state="archived") == ["x3"]


@pytest.mark.parametrize(
    "query",
    [
        {"format": "xlsx"},
        {"colour": "red"},
        {"state": "gone"},
        {"since": "yesterday"},
        {"since": "2026-13-01T00:00:00Z"},
        {"min_probability": "2"},
        {"min_probability": "nan"},
        {"reviewed": "maybe"},
        {"field": "mood"},
        {"delimiter": "ab"},
        {"columns": "3"},
        {"soft": "perhaps"},
        {"soft": "true", "format": "coco"},
        {"format": "conll"},
        {"format": "conll", "field": "sentiment"},
    ],
)
def test_wrong_requests_are_refused(db: None, query: dict[str, str]) -> None:
    world = make_world()
    caller = Caller(world.eve, world.project)
    fields = json.loads(stream(caller, 400, **query))["error"]["fields"]
    assert fields[0]["path"] == next(iter(query))
    assert caller.post("exports/", query, 400)["error"]["fields"] == fields


def test_names_are_for_managers(scene: Scene) -> None:
    assert json.loads(scene.stream(403, names="true"))["error"]["code"] == "names"
    rows = [json.loads(line) for line in stream(scene.max, names="true", answers="all").splitlines()]
    assert rows[0]["annotations"][0]["person"] == "Ann"


def test_pseudonyms_stay_and_differ_between_projects(scene: Scene) -> None:
    people = [row["annotations"][0]["person"] for row in scene.lines(answers="all")[:2]]
    assert people == [row["annotations"][0]["person"] for row in scene.lines(answers="all")[:2]]
    assert people[0] != people[1]
    other = project_of(scene.world)
    make_tasks(other, 1)
    answer(scene.world.ann, hand_out(other, scene.world.ann)[0])
    [row] = [json.loads(line) for line in stream(Caller(scene.world.eve, other), answers="all").splitlines()]
    assert row["annotations"][0]["person"] not in people


def run(caller: Caller, **body: Any) -> Job:
    answered = caller.post("exports/", body, 202)
    run_job(int(answered["id"]))
    return Job.objects.get(pk=answered["id"])


def test_a_job_leaves_a_file_and_its_manifest(scene: Scene) -> None:
    job = run(scene.eve, format="jsonl", answers="all", reviewed=False)
    assert job.state == "done", job.error
    assert (job.done, job.total) == (4, 4)
    content = b"".join(scene.eve.client.get(f"/jobs/{job.pk}/file/").streaming_content)
    assert content == scene.stream(format="jsonl", answers="all")
    told = json.loads(b"".join(scene.eve.client.get(f"/jobs/{job.pk}/manifest/").streaming_content))
    assert told["files"] == [
        {"name": job.file_name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    ]
    assert told["counts"] == {"items": 4, "annotations": 2}
    assert told["filters"] == {"format": "jsonl", "answers": "all", "reviewed": "false"}
    assert told["ontology"]["annotations_by_version"] == {"1": 2}
    assert job.result["sha256"] == told["files"][0]["sha256"]
    assert scene.eve.get("exports/")["results"][0]["file"] == f"/jobs/{job.pk}/file/"


def test_the_file_is_for_those_who_may_export(scene: Scene) -> None:
    job = run(scene.eve, format="csv")
    for person, status in (("rita", 403), ("ann", 403), ("otto", 404)):
        caller = Caller(getattr(scene.world, person), scene.world.project)
        for address in (f"/jobs/{job.pk}/file/", f"/jobs/{job.pk}/manifest/"):
            assert caller.client.get(address).status_code == status
    answer_ = scene.eve.client.get(f"/jobs/{job.pk}/file/")
    assert answer_.headers["Content-Type"] == "application/octet-stream"
    assert answer_.headers["X-Content-Type-Options"] == "nosniff"


@own_connection
def test_a_cancelled_export_leaves_nothing(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    answered = scene.eve.post("exports/", {"format": "jsonl"}, 202)
    monkeypatch.setattr(Producer, "wait", lambda self, seconds: False)
    from projects.jobs import JobContext

    save = JobContext.progress

    def cancels(self: JobContext, done: int, total: int | None = None, **cursor: Any) -> None:
        Job.objects.filter(pk=self.job.pk).update(cancel_requested=True)
        save(self, done, total, **cursor)

    monkeypatch.setattr(JobContext, "progress", cancels)
    run_job(int(answered["id"]))
    job = Job.objects.get(pk=answered["id"])
    assert (job.state, job.file.name) == ("cancelled", "")
    assert not (settings.MEDIA_ROOT / "exports").exists()


@own_connection
def test_a_failure_breaks_the_stream(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a file must never look like a whole one."""
    monkeypatch.setattr("exchange.exporting.items.Items._media", lambda *args: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        scene.stream()


@own_connection
def test_the_snapshot_is_that_of_the_first_byte(scene: Scene) -> None:
    """What changes while a client reads is not in the export, however slow the client is."""
    Task.objects.filter(project=scene.world.project).update(data={"text": "x" * 400_000})
    response = scene.eve.client.get(scene.eve.address("export/"), {"format": "jsonl"})
    chunks = iter(response.streaming_content)
    begun = next(chunks)
    Task.objects.filter(project=scene.world.project).update(data={"text": "changed"})
    rows = [json.loads(line) for line in (begun + b"".join(chunks)).splitlines()]
    assert {len(row["data"]["text"]) for row in rows} == {400_000}


@own_connection
def test_a_client_that_goes_away_stops_the_export(scene: Scene) -> None:
    wanted = read_request({"format": "jsonl"}, None)
    version = scene.world.project.ontology
    assert version is not None
    producer = Producer(scene.world.project, wanted, version.parsed(), version.version)
    with producer:
        next(producer.chunks())
    assert producer.is_over
    assert producer.file.closed  # it has no name: with that it is gone


def test_more_than_one_batch(scene: Scene) -> None:
    Task.objects.bulk_create(
        Task(project=scene.world.project, external_id=f"y{n}", data={"text": "t"}) for n in range(BATCH + 5)
    )
    new = Task.objects.filter(project=scene.world.project, summary__isnull=True)
    TaskSummary.objects.bulk_create(TaskSummary(task=task, project=scene.world.project) for task in new)
    assert len(scene.lines(answers="all")) == BATCH + 9


def test_losses_beforehand(scene: Scene) -> None:
    losses = scene.eve.get("exports/losses/")["losses"]
    assert losses["jsonl"] == []
    assert any("sentiment" in loss for loss in losses["coco"])
    assert list(scene.eve.get("exports/losses/", format="csv")["losses"]) == ["csv"]
    assert scene.eve.get("exports/losses/", 400, format="xls")


def test_what_is_exported_can_be_imported(scene: Scene) -> None:
    """Our own format goes round: final answers come back as gold."""
    content = scene.stream(format="jsonl", answers="all")
    other = Caller(
        scene.world.eve,
        project_of(scene.world),
    )
    job = other.import_file(content, "again.jsonl", final_as="gold")
    assert (job.result["created"], job.result["gold"]) == (4, 1)


def test_the_page(scene: Scene) -> None:
    client = scene.eve.client
    address = f"/projects/{scene.world.project.pk}/export/"
    page = client.get(address).content.decode()
    assert "Authorization: Bearer" in page
    assert "4</span> tasks" in page
    assert client.get(f"{address}?min_probability=7").status_code == 400
    started = client.post(address, {"format": "csv", "spreadsheet": "true"})
    assert started.status_code == 302
    job = Job.objects.get(kind="export")
    assert job.params["query"] == {"format": "csv", "spreadsheet": "true"}
    run_job(job.pk)
    assert client.get(started.headers["Location"]).status_code == 200
    assert job.file_name or client.get(address).content.decode().count("reviews-") >= 1
