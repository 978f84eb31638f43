"""Imports through the API and the job, from the first row to the last."""

import json
from typing import Any

import pytest
from django.core.files.storage import default_storage

from annotate.models import Prediction, QueueEntry
from formats.strictjson import dumps
from projects.jobs import JobContext
from projects.models import Job, JobState, Task, TaskSummary
from quality.models import GoldItem
from tests.exchange.steps import IMAGES, Caller, archive, messages, picture, staged, work
from tests.world import World, make_project, make_tasks

GOOD = [{"id": f"a-{n}", "data": {"text": f"Text {n} \U0001f600"}} for n in range(5)]


def test_it_works(eve: Caller) -> None:
    job = eve.import_items(GOOD)
    assert job.state == JobState.DONE, job.error
    assert job.result["created"] == 5
    assert (job.done, job.total) == (5, 5)
    tasks = list(Task.objects.filter(project=eve.project).order_by("pk"))
    assert [task.external_id for task in tasks] == ["a-0", "a-1", "a-2", "a-3", "a-4"]
    assert tasks[0].data == {"text": "Text 0 \U0001f600"}
    assert tasks[0].import_job_id == job.pk
    assert TaskSummary.objects.filter(project=eve.project, state="open").count() == 5
    assert QueueEntry.objects.filter(project=eve.project, wanted=1).count() == 5


def test_items_that_an_older_version_kept_come_in(eve: Caller) -> None:
    """It wrote one item a line; the job was queued before an upgrade and is done after it."""
    items: list[Any] = [*GOOD, "no item", None, 7]
    queued = eve.post("imports/", {"items": items}, 202)
    path = Job.objects.get(pk=queued["id"]).params["upload"]["path"]
    with default_storage.open(path, "wb") as file:
        file.writelines(dumps(item) + b"\n" for item in items)
    job = work(queued)
    assert (job.state, job.result["created"], job.done) == (JobState.DONE, 5, 8), job.error
    assert messages(job) == [(row, "", "must be an object") for row in (6, 7, 8)]
    assert QueueEntry.objects.filter(project=eve.project).count() == 5


def test_a_new_task_is_served_by_next(eve: Caller, world: World) -> None:
    eve.import_items(GOOD[:1])
    answer = Caller(world.ann, world.project).post("next/", {}, 200)
    assert answer["assignments"][0]["data"]["text"] == "Text 0 \U0001f600"


def test_an_id_that_exists_is_left_as_it_is(eve: Caller) -> None:
    eve.import_items(GOOD)
    job = eve.import_items([{"id": "a-1", "data": {"text": "other"}}, {"id": "b", "data": {"text": "new"}}])
    assert job.result["created"] == 1
    assert job.result["existing"] == 1
    assert job.result["existing_ids"] == ["a-1"]
    assert Task.objects.get(project=eve.project, external_id="a-1").data["text"].startswith("Text 1")


def test_an_id_twice_in_a_file_comes_in_once(eve: Caller) -> None:
    job = eve.import_items([{"id": "a", "data": {"text": "one"}}, {"id": "a", "data": {"text": "two"}}])
    assert (job.result["created"], job.result["repeated"]) == (1, 1)
    assert Task.objects.get(project=eve.project).data == {"text": "one"}


def test_ids_of_other_projects_do_not_matter(eve: Caller, world: World) -> None:
    other = make_project(world.organization, world.max)
    make_tasks(other, 3)
    job = eve.import_items([{"id": "x0", "data": {"text": "ours"}}])
    assert job.result["created"] == 1


def test_meta_gold_and_predictions_come_in(eve: Caller) -> None:
    job = eve.import_items(
        [
            {
                "data": {"text": "fine"},
                "meta": {"source": "chat"},
                "gold": {"sentiment": "positive"},
                "gold_accepted": [{"sentiment": "neutral"}],
                "predictions": [
                    {"model": "m", "version": "2", "value": {"sentiment": "negative"}, "score": 0.3}
                ],
            }
        ]
    )
    assert job.state == JobState.DONE, job.error
    assert (job.result["gold"], job.result["predictions"]) == (1, 1)
    task = Task.objects.get(project=eve.project)
    assert task.meta == {"source": "chat"}
    assert GoldItem.objects.get(task=task).answers == [{"sentiment": "positive"}, {"sentiment": "neutral"}]
    assert QueueEntry.objects.get(task=task).pool == "gold"
    told = Prediction.objects.get(task=task)
    assert (told.model, told.version, told.value, told.score) == ("m", "2", {"sentiment": "negative"}, 0.3)


def test_bad_rows_are_refused_and_good_ones_kept(eve: Caller) -> None:
    job = eve.import_items(
        [
            {"data": {"text": "good"}},
            {"data": {"other": "no text"}},
            {"data": {"text": " "}},
            {"data": {"text": 5}},
            {"data": {"text": "x"}, "gold": {"sentiment": "wonderful"}},
            {"data": {"text": "x"}, "predictions": [{"value": {"mood": "good"}}]},
            {"text": "flat"},
            "text",
            {"id": "x" * 201, "data": {"text": "x"}},
        ]
    )
    assert job.state == JobState.DONE
    assert (job.result["created"], job.result["refused"]) == (1, 8)
    found = messages(job)
    assert found[0] == (2, "data.text", "is missing: it is what people are shown")
    assert found[1] == (3, "data.text", "is empty")
    assert found[2] == (4, "data.text", "must be text")
    assert found[3][:2] == (5, "gold.sentiment")
    assert found[4][:2] == (6, "predictions[0].value.mood")
    assert [row for row, _, _ in found] == [2, 3, 4, 5, 6, 7, 8, 9]
    assert TaskSummary.objects.filter(project=eve.project).count() == 1


def test_roll_back_keeps_nothing_when_a_row_is_refused(eve: Caller) -> None:
    job = eve.import_items([*GOOD, {"data": {}}], on_error="roll_back")
    assert job.state == JobState.FAILED
    assert job.error == "Nothing was imported: 1 of its rows were refused."
    assert messages(job)[0][0] == 6
    assert not Task.objects.filter(project=eve.project).exists()
    assert not staged(job)


def test_roll_back_publishes_everything_at_once(eve: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exchange.importing.batches.MOST_ROWS", 2)
    items = [*GOOD, {"data": {"text": "x"}, "gold": {"sentiment": "neutral"}}]
    job = eve.import_items(items, on_error="roll_back")
    assert job.state == JobState.DONE, job.error
    assert job.result["created"] == 6
    assert QueueEntry.objects.filter(project=eve.project).count() == 6
    assert GoldItem.objects.filter(project=eve.project).count() == 1
    assert not staged(job)


@pytest.mark.parametrize("on_error", ["keep_good", "roll_back"])
def test_a_killed_worker_doubles_nothing(eve: Caller, monkeypatch: pytest.MonkeyPatch, on_error: str) -> None:
    """The second attempt starts after the last batch that was committed."""
    monkeypatch.setattr("exchange.importing.batches.MOST_ROWS", 2)
    answer = eve.post(
        "imports/",
        {"items": [*GOOD, {"data": {}}][: 5 + (on_error == "keep_good")], "on_error": on_error},
        202,
    )
    save = JobContext.progress

    def dies(self: JobContext, done: int, total: int | None = None, **cursor: Any) -> None:
        if done == 4:
            raise SystemExit
        save(self, done, total, **cursor)

    from projects.jobs import run_job

    monkeypatch.setattr(JobContext, "progress", dies)
    with pytest.raises(SystemExit):
        run_job(int(answer["id"]))
    monkeypatch.setattr(JobContext, "progress", save)
    assert Task.objects.filter(project=eve.project).count() == (2 if on_error == "keep_good" else 0)
    Job.objects.filter(pk=answer["id"]).update(heartbeat_at="2020-01-01T00:00:00Z")
    run_job(int(answer["id"]))
    job = Job.objects.get(pk=answer["id"])
    assert job.state == JobState.DONE, job.error
    assert job.result["created"] == 5
    assert Task.objects.filter(project=eve.project).count() == 5
    assert job.error_count == job.result["refused"] == (on_error == "keep_good")


def test_csv_with_a_mapping(eve: Caller) -> None:
    job = eve.import_file(
        "key;body;lang;truth\n1;Grüße;de;positive\n2;Hello;en;\n".encode(),
        mapping={
            "key": {"to": "id"},
            "body": {"to": "data", "name": "text"},
            "lang": {"to": "meta", "name": "language"},
            "truth": {"to": "gold", "name": "sentiment"},
        },
    )
    assert job.state == JobState.DONE, job.error
    tasks = list(Task.objects.filter(project=eve.project).order_by("pk"))
    assert [(task.external_id, task.data, task.meta) for task in tasks] == [
        ("1", {"text": "Grüße"}, {"language": "de"}),
        ("2", {"text": "Hello"}, {"language": "en"}),
    ]
    assert GoldItem.objects.get(project=eve.project).task_id == tasks[0].pk


def test_a_column_of_predictions(eve: Caller) -> None:
    mapping = {"text": {"to": "data", "name": "text"}, "m": {"to": "prediction", "name": "sentiment"}}
    eve.import_file(b"text,m\nHi,neutral\n", mapping=mapping)
    assert Prediction.objects.get(project=eve.project).value == {"sentiment": "neutral"}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.tsv", b"id\ttext\n1\tone\n2\ttwo\n"),
        ("a.json", b'[{"id": "1", "data": {"text": "one"}}, {"id": "2", "data": {"text": "two"}}]'),
        ("a.jsonl", b'{"id": "1", "data": {"text": "one"}}\n{"id": "2", "data": {"text": "two"}}\n'),
        ("a.zip", archive({"1": b"", "1.txt": b"one", "2.txt": b"two"})),
    ],
)
def test_every_format(eve: Caller, name: str, content: bytes) -> None:
    job = eve.import_file(content, name)
    assert job.state == JobState.DONE, job.error
    assert list(
        Task.objects.filter(project=eve.project).order_by("pk").values_list("data__text", flat=True)
    ) == [
        "one",
        "two",
    ]


def test_images_of_an_archive(eve: Caller, world: World) -> None:
    project = make_project(world.organization, world.max, IMAGES, members={world.eve: "engineer"})
    caller = Caller(world.eve, project)
    members = {
        "a/1.png": picture(),
        "a/2.png": picture(),
        "a/3.jpg": picture(20, 10, "blue", "JPEG"),
        "bad.png": b"no",
    }
    job = caller.import_file(archive(members), "photos.zip")
    assert job.state == JobState.DONE, job.error
    assert (job.result["created"], job.result["refused"], job.result["same_content"]) == (3, 1, 1)
    assert messages(job) == [
        (4, "bad.png", "is not an image of a known format (JPEG, PNG, WEBP, GIF, BMP, TIFF)")
    ]
    tasks = list(Task.objects.filter(project=project).order_by("pk"))
    keys = [task.data["image"] for task in tasks]
    assert keys[0] == keys[1] != keys[2]
    assert tasks[0].external_id == "a/1.png"
    assert world.eve.pk == project.media.get(key=keys[2]).created_by_id
    again = caller.import_file(archive(members), "photos.zip")
    assert (again.result["created"], again.result["existing"]) == (0, 3)


def test_images_of_a_rolled_back_import_are_deleted(world: World) -> None:
    project = make_project(world.organization, world.max, IMAGES, members={world.eve: "engineer"})
    job = Caller(world.eve, project).import_file(
        archive({"1.png": picture(), "bad.png": b"no"}), "photos.zip", on_error="roll_back"
    )
    assert job.state == JobState.FAILED
    assert not project.media.exists()


def test_an_uploaded_image_of_this_project_only(world: World) -> None:
    ours = Caller(
        world.eve, make_project(world.organization, world.max, IMAGES, members={world.eve: "engineer"})
    )
    theirs = Caller(
        world.eve, make_project(world.organization, world.max, IMAGES, members={world.eve: "engineer"})
    )
    key, foreign = (one.upload("media/", picture(), "a.png", 201)["media"] for one in (ours, theirs))
    job = ours.import_items(
        [
            {"data": {"image": key}, "gold": {"objects": [{"id": "b", "class": "car", "box": [1, 1, 4, 4]}]}},
            {"data": {"image": foreign}},
            {"data": {"image": "https://example.org/a.png"}},
            {"data": {"image": 7}},
            {
                "data": {"image": key},
                "gold": {"objects": [{"id": "b", "class": "car", "box": [90, 1, 4, 4]}]},
            },
        ]
    )
    assert job.result["created"] == 1
    found = messages(job)
    assert found[0] == (2, "data.image", "is not an image that was uploaded to this project")
    assert found[1][2].startswith("is an address of a storage that this project does not know")
    assert found[2] == (4, "data.image", "must name an uploaded image")
    assert found[3][1].startswith("gold.objects[0]")


def test_the_upload_is_gone_afterwards(eve: Caller, settings: Any) -> None:
    eve.import_file(b"text\nHi\n")
    eve.import_file(b'text\n"Hi\n')
    assert not [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]


def test_preview_guesses_and_imports_by_ticket(eve: Caller) -> None:
    look = eve.upload(
        "imports/preview/", b"id,message,lang,sentiment\n1,Hi,en,positive\n2,,de,x\n", status=200
    )
    assert look["mapping"] == {
        "id": {"to": "id"},
        "message": {"to": "data", "name": "text"},
        "lang": {"to": "meta", "name": "lang"},
        "sentiment": {"to": "ignore"},
    }
    assert look["rows"][0] == ["1", "Hi", "en", "positive"]
    assert look["problems"] == [{"row": 2, "path": "", "message": "no data: every data column is empty"}]
    assert "gold" in look["hints"][0]
    again = eve.post("imports/preview/", {"upload": look["upload"], "delimiter": ";"}, 200)
    assert again["columns"] == ["id,message,lang,sentiment"]
    answer = eve.post("imports/", {"upload": look["upload"], "mapping": look["mapping"]}, 202)
    assert answer["state"] == "queued"


def test_a_ticket_is_for_one_project(eve: Caller, world: World) -> None:
    other = Caller(world.eve, make_project(world.organization, world.max, members={world.eve: "engineer"}))
    ticket = eve.upload("imports/preview/", b"text\nHi\n")["upload"]
    for wrong in (ticket, "nonsense"):
        assert other.post("imports/", {"upload": wrong}, 400)["error"]["fields"][0]["path"] == "upload"


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "items"),
        ({"items": []}, "items"),
        ({"items": {}}, "items"),
        ({"items": [1], "upload": "x"}, "upload"),
        ({"items": [{}], "colour": 1}, "colour"),
        ({"items": [{}], "on_error": "ignore"}, "on_error"),
        ({"items": [{}], "mapping": []}, "mapping"),
        ({"items": [{}], "mapping": {"a": {"to": "gold", "name": "mood"}}}, "mapping['a']"),
        ({"items": [{}], "mapping": {"a": {"to": "heap"}}}, "mapping['a']"),
    ],
)
def test_bad_requests(eve: Caller, body: Any, path: str) -> None:
    assert eve.post("imports/", body, 400)["error"]["fields"][0]["path"] == path
    assert not Job.objects.exists()


def test_a_project_without_ontology_takes_nothing(world: World) -> None:
    world.project.ontology = None
    world.project.save()
    answer = Caller(world.eve, world.project).post("imports/", {"items": [{}]}, 400)
    assert "ontology" in answer["error"]["message"]


def test_an_archived_project_takes_nothing(eve: Caller) -> None:
    eve.project.state = "archived"
    eve.project.save()
    assert eve.post("imports/", {"items": [{}]}, 409)["error"]["code"] == "archived"


def test_fifty_waiting_imports_are_enough(eve: Caller, world: World) -> None:
    Job.objects.bulk_create(
        Job(organization=world.organization, project=world.project, kind="import", created_by=world.eve)
        for _ in range(50)
    )
    assert eve.post("imports/", {"items": [{}]}, 429)["error"]["code"] == "too_many_jobs"


def test_the_list_of_imports(eve: Caller) -> None:
    eve.import_items(GOOD)
    rows = eve.get("imports/")["results"]
    assert rows[0]["result"]["created"] == 5
    assert json.dumps(rows).count("imports/") == 0, "where the upload lay is nobody's business"
