"""Recordings: taken by how they begin, played in ranges, and their waveforms made by a worker."""

from __future__ import annotations

import struct
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from accounts.models import User
from annotate.items import resolve
from labeltypes.base import ItemMedia
from projects.models import Media
from projects.services.derivatives import make_waiting, make_waveform
from projects.services.media import add_file, add_image
from projects.services.ontologies import add_ontology
from projects.tasks import make_derivatives
from tests.world import World, make_tasks, make_world
from tools.sounds import sample_call

pytestmark = pytest.mark.django_db
CALL = sample_call()
MP3 = b"ID3\x04\x00\x00\x00\x00\x00\x00" + b"\0" * 100


@pytest.fixture
def world() -> World:
    return make_world()


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def upload(world: World, content: bytes, name: str = "call.wav") -> Any:
    file = SimpleUploadedFile(name, content, content_type="text/html")
    return client_of(world.eve).post(f"/api/v1/projects/{world.project.pk}/media/", {"file": file})


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else bytes(response.content)


def part(world: World, key: str, wanted: str) -> Any:
    return client_of(world.ann).get(f"/media/{key}/sound/", headers={"range": wanted})


def test_it_works(world: World) -> None:
    made = upload(world, CALL)
    assert made.status_code == 201
    told = made.json()
    assert (told["kind"], told["name"], told["seconds"], told["width"]) == ("audio", "call.wav", None, None)
    sound = client_of(world.ann).get(f"/media/{told['media']}/sound/")
    assert body(sound) == CALL
    assert sound.headers["Content-Type"] == "audio/wav"
    assert sound.headers["Accept-Ranges"] == "bytes"
    assert sound.headers["Content-Length"] == str(len(CALL))
    assert sound.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in sound.headers["Content-Security-Policy"]
    assert "private" in sound.headers["Cache-Control"]


def test_nothing_is_parsed_before_a_worker_does(world: World) -> None:
    key = upload(world, CALL).json()["media"]
    ann = client_of(world.ann)
    assert ann.get(f"/media/{key}/peaks/").status_code == 404
    assert ann.get(f"/media/{key}/thumbnail/").status_code == 404
    assert ann.get(f"/media/{key}/view/").status_code == 404
    assert make_derivatives() == 1
    media = Media.objects.get(key=key)
    assert media.seconds == 6.0
    peaks = body(ann.get(f"/media/{key}/peaks/"))
    assert struct.unpack("<4sIdd", peaks[:24]) == (b"TSP1", 1200, 200.0, 6.0)
    assert len(peaks) == 24 + 2 * 1200
    picture = ann.get(f"/media/{key}/thumbnail/")
    assert Image.open(BytesIO(body(picture))).size == (128, 64)
    assert ann.get(f"/media/{key}/view/").status_code == 404
    assert make_derivatives() == 0


def test_what_is_not_read_has_no_waveform_and_can_be_heard(world: World) -> None:
    key = upload(world, MP3, "a.mp3").json()["media"]
    broken = upload(world, CALL[:30] + b"\0" * 20, "b.wav").json()["media"]
    assert make_waiting(60.0) == 2
    ann = client_of(world.ann)
    for one, media_type in ((key, "audio/mpeg"), (broken, "audio/wav")):
        assert ann.get(f"/media/{one}/peaks/").status_code == 204
        assert ann.get(f"/media/{one}/thumbnail/").status_code == 404
        assert ann.get(f"/media/{one}/sound/").headers["Content-Type"] == media_type
        assert Media.objects.get(key=one).seconds is None


@pytest.mark.parametrize(
    ("wanted", "first", "last"),
    [
        ("bytes=0-", 0, None),
        ("bytes=10-19", 10, 19),
        ("bytes=-4", -4, None),
        ("bytes=48000-999999", 48000, None),
    ],
)
def test_a_range(world: World, wanted: str, first: int, last: int | None) -> None:
    key = upload(world, CALL).json()["media"]
    answer = part(world, key, wanted)
    size = len(CALL)
    start, stop = first % size, size if last is None else last + 1
    assert answer.status_code == 206
    assert body(answer) == CALL[start:stop]
    assert answer.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{size}"
    assert answer.headers["Content-Length"] == str(stop - start)


@pytest.mark.parametrize("wanted", ["bytes=9999999-", "bytes=-0", "bytes=20-10"])
def test_a_range_that_is_not_there(world: World, wanted: str) -> None:
    key = upload(world, CALL).json()["media"]
    answer = part(world, key, wanted)
    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == f"bytes */{len(CALL)}"


@pytest.mark.parametrize("wanted", ["", "bytes=-", "bytes=0-1,5-6", "lines=1-2", "bytes=a-b"])
def test_what_is_no_single_range_gives_all(world: World, wanted: str) -> None:
    key = upload(world, CALL).json()["media"]
    answer = part(world, key, wanted)
    assert (answer.status_code, body(answer)) == (200, CALL)


def test_a_part_is_never_long(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("projects.api.ranges.LARGEST", 1000)
    key = upload(world, CALL).json()["media"]
    answer = part(world, key, "bytes=5-")
    assert answer.headers["Content-Range"] == f"bytes 5-1004/{len(CALL)}"
    assert body(answer) == CALL[5:1005]


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"", "a.wav", "a.wav: is empty"),
        (b"<html>", "a.wav", "a.wav: is not a recording of a known format (WAV, MP3, OGG, FLAC, M4A)"),
        (b"MZ" + b"\0" * 50, "a.MP3", "a.MP3: is not a recording of a known format"),
        (b"<html>", "a.jpg", "a.jpg: is markup (SVG, XML or HTML)"),
    ],
)  # fmt: skip
def test_told_by_content_and_not_by_name(world: World, content: bytes, name: str, message: str) -> None:
    refused = upload(world, content, name)
    assert refused.status_code == 400
    assert message in refused.content.decode()
    assert not Media.objects.exists()


def test_a_recording_may_have_any_name(world: World) -> None:
    assert upload(world, CALL, "a.jpg").json()["kind"] == "audio"


def test_the_same_bytes_are_one_recording(world: World) -> None:
    assert upload(world, CALL).json()["media"] == upload(world, CALL, "again.wav").json()["media"]


def test_outsiders_hear_nothing(world: World) -> None:
    key = upload(world, CALL).json()["media"]
    for which in ("sound", "peaks", "thumbnail"):
        assert client_of(world.otto).get(f"/media/{key}/{which}/").status_code == 404
    assert Client().get(f"/media/{key}/sound/").status_code in (302, 401, 403)


def test_an_item_tells_what_a_player_needs(world: World) -> None:
    ontology = {
        "media": [{"name": "sound", "kind": "audio", "source": "file"}],
        "fields": [{"name": "turns", "type": "segment", "on": "sound", "classes": ["a"]}],
    }
    version = add_ontology(project=world.project, definition=ontology, by=world.max)
    media = add_file(project=world.project, name="a.wav", content=BytesIO(CALL), by=world.max)
    picture = BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "PNG")
    picture.seek(0)
    image = add_image(project=world.project, name="a.png", content=picture, by=world.max)
    heard, other, gone = make_tasks(world.project, 3)
    heard.data, other.data, gone.data = {"file": media.key}, {"file": image.key}, {"file": "nothing"}
    before = resolve(heard, version.pk)
    assert before.payload["media"]["sound"] == {
        "kind": "audio",
        "url": f"/media/{media.key}/sound/",
        "peaks": f"/media/{media.key}/peaks/",
        "seconds": None,
        "thumbnail": None,
    }
    make_waveform(media)
    after = resolve(heard, version.pk)
    assert after.payload["media"]["sound"]["seconds"] == 6.0
    assert after.payload["media"]["sound"]["thumbnail"] == f"/media/{media.key}/thumbnail/"
    assert after.media["sound"] == ItemMedia("audio", seconds=6.0)
    for task in (other, gone):
        shown = resolve(task, version.pk).payload["media"]["sound"]
        assert (shown["kind"], shown["url"], shown["peaks"]) == ("audio", None, None)
