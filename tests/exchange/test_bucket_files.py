"""Files in a bucket, from the upload to the export: nothing lies on the disk of a web or a worker."""

import io
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage

from config.bucket import ensure_bucket
from config.storage import file_storage
from exchange.services import uploads
from exchange.services.uploads import purge_uploads
from projects.models import Media
from tests.exchange.bucket_server import Handler, bucket_server
from tests.exchange.steps import IMAGES, Caller, archive, picture, work
from tests.world import make_project, make_world


@pytest.fixture
def caller(db: None, settings: Any) -> Iterator[Caller]:
    with bucket_server() as address:
        where = {"bucket": "files", "endpoint": address, "region": "r", "access_key": "a", "secret_key": "s"}
        settings.STORAGES = {**settings.STORAGES, "default": file_storage(**where)}
        assert ensure_bucket(default_storage.connection.meta.client, "files")
        world = make_world()
        project = make_project(world.organization, world.max, IMAGES, members={world.eve: "engineer"})
        yield Caller(world.eve, project)


def folders() -> set[str]:
    return {key.split("/")[0] for _, key in Handler.objects}


def test_it_works(caller: Caller, settings: Any) -> None:
    images = {"1.png": picture(color="red"), "2.png": picture(color="blue")}
    job = caller.import_file(archive(images), "photos.zip")
    assert (job.state, job.result["created"]) == ("done", 2)
    assert folders() == {"media"}, "the upload is gone when its job is done"

    media = Media.objects.get(name="1.png")
    for which, begin in (("view", b"RIFF"), ("thumbnail", b"RIFF"), ("original", b"\x89PNG")):
        answer = caller.client.get(f"/media/{media.key}/{which}/")
        assert b"".join(answer.streaming_content)[:4] == begin

    export = work(caller.post("exports/", {"format": "yolo", "images": True}, 202))
    answer = caller.client.get(f"/jobs/{export.pk}/file/")
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as packed:
        assert {packed.read(name) for name in packed.namelist() if name.endswith(".png")} == set(
            images.values()
        )
    assert caller.client.get(f"/jobs/{export.pk}/manifest/").status_code == 200
    assert folders() == {"media", "exports"}
    assert not Path(settings.MEDIA_ROOT).exists()


def test_uploads_that_nobody_imports_are_removed(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    caller.upload("imports/preview/", archive({"1.png": picture()}), "photos.zip", 200)
    assert folders() == {"imports"}
    assert purge_uploads() == 0
    monkeypatch.setattr(uploads, "KEEP", timedelta(seconds=-5))
    assert purge_uploads() == 1
    assert folders() == set()
