"""Media: checked through to the last pixel, re-encoded for browsers, behind a door."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from PIL import Image

from accounts.models import User
from projects.models import Media
from tests.world import World, make_world

pytestmark = pytest.mark.django_db
ROTATED = 6  # EXIF: turn by 90° to see it upright
ORIENTATION = 0x0112


@pytest.fixture
def world() -> World:
    return make_world()


def _picture(
    width: int = 60, height: int = 40, *, orientation: int | None = None, color: str = "red"
) -> bytes:
    buffer = io.BytesIO()
    exif = Image.Exif()
    if orientation is not None:
        exif[ORIENTATION] = orientation
    Image.new("RGB", (width, height), "red").save(buffer, "JPEG", exif=exif)
    return buffer.getvalue()


def _client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _upload(world: World, content: bytes, name: str = "a.jpg", user: User | None = None) -> HttpResponse:
    file = SimpleUploadedFile(name, content, content_type="image/jpeg")
    answer: HttpResponse = _client(user or world.eve).post(
        f"/api/v1/projects/{world.project.pk}/media/", {"file": file}
    )
    return answer


def test_it_works(world: World) -> None:
    made = _upload(world, _picture())
    assert made.status_code == 201
    key = made.json()["media"]  # type: ignore[attr-defined]  # the test client's answer has it

    shown = _client(world.ann).get(f"/media/{key}/view/")
    assert shown.headers["Content-Type"] == "image/jpeg"
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert "private" in shown.headers["Cache-Control"]
    assert Image.open(io.BytesIO(b"".join(shown.streaming_content))).size == (60, 40)  # type: ignore[attr-defined]


def test_a_photograph_stays_one_and_others_become_webp(world: World) -> None:
    """A browser decodes JPEG two to three times as fast; what is drawn or transparent it would spoil."""
    buffer = io.BytesIO()
    Image.new("RGBA", (300, 40), (255, 0, 0, 90)).save(buffer, "PNG")
    for content, view in ((_picture(300), "image/jpeg"), (buffer.getvalue(), "image/webp")):
        key = _upload(world, content).json()["media"]  # type: ignore[attr-defined]
        for which, media_type in (("view", view), ("thumbnail", "image/webp")):
            shown: Any = _client(world.ann).get(f"/media/{key}/{which}/")
            assert shown.headers["Content-Type"] == media_type
            picture = Image.open(io.BytesIO(shown.getvalue()))
            assert picture.get_format_mimetype() == media_type
            assert not picture.getexif()


def test_sizes_are_those_after_rotation(world: World) -> None:
    _upload(world, _picture(60, 40, orientation=ROTATED))
    media = Media.objects.get()
    assert (media.width, media.height) == (40, 60)
    with media.view.open("rb") as file:
        assert Image.open(file).size == (40, 60)


def test_the_same_bytes_twice_are_one_media(world: World) -> None:
    _upload(world, _picture())
    _upload(world, _picture(), name="copy.jpg")
    assert Media.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
        ("a.html", b"<html><body>hello</body></html>"),
        ("a.jpg", _picture()[:300]),
        ("a.jpg", b""),
        ("a.gif", b"GIF89a<script>alert(1)</script>"),
    ],
    ids=["svg", "html", "truncated", "empty", "polyglot"],
)
def test_what_is_no_sound_image_is_refused_by_name(world: World, name: str, content: bytes) -> None:
    answer = _upload(world, content, name)
    assert answer.status_code == 400
    error = answer.json()["error"]  # type: ignore[attr-defined]
    assert error["fields"][0]["path"] == "file"
    assert not Media.objects.exists()


def test_the_original_goes_out_as_an_attachment_to_those_who_may_export(world: World) -> None:
    content = _picture()
    _upload(world, content)
    address = f"/media/{Media.objects.get().key}/original/"
    assert _client(world.ann).get(address).status_code == 403
    original = _client(world.eve).get(address)
    assert original.headers["Content-Disposition"].startswith("attachment")
    assert b"".join(original.streaming_content) == content  # type: ignore[attr-defined]


@pytest.mark.parametrize("which", ["view", "thumbnail", "original"])
def test_strangers_get_404_without_a_trace(world: World, which: str) -> None:
    _upload(world, _picture())
    stranger = _client(world.otto)
    real = stranger.get(f"/media/{Media.objects.get().key}/{which}/")
    nothing = stranger.get(f"/media/{'A' * 32}/{which}/")
    assert (real.status_code, real.content) == (404, nothing.content)
    assert "ETag" not in real.headers


def test_an_annotator_may_not_upload(world: World) -> None:
    assert _upload(world, _picture(), user=world.ann).status_code == 403
    assert not Media.objects.exists()
