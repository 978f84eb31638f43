"""Hostile and broken input: each is a clear error at its place, never a 500, and nothing is half done."""

import json
import struct
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest

from projects.models import JobState, Media, Task
from tests.exchange.steps import IMAGES, Caller, archive, messages, picture
from tests.world import World, make_project


def _row(text: str) -> bytes:
    return f"text\nfine\n{text}\nalso fine\n".encode()


def test_it_works(eve: Caller) -> None:
    assert eve.import_file(_row("good")).result["created"] == 3


FILES: list[tuple[str, str, bytes, str, int]] = [
    # name, file name, content, part of the message, rows that are kept
    ("latin-1 bytes", "a.csv", "text\nfine\nGr\xfc\xdfe\n".encode("latin-1"), "UTF-8", 1),
    ("overlong UTF-8", "a.csv", b"text\nfine\n\xc0\xaf\n", "UTF-8", 1),
    ("NUL in CSV", "a.csv", b"text\nfine\na\0b\n", "NUL", 1),
    ("NUL in JSON", "a.jsonl", b'{"data": {"text": "fine"}}\n{"data": {"text": "a\\u0000b"}}\n', "NUL", 1),
    (
        "lone surrogate",
        "a.jsonl",
        b'{"data": {"text": "fine"}}\n{"data": {"text": "\\ud800"}}\n',
        "surrogate",
        1,
    ),
    ("quote never closed", "a.csv", b'text\nfine\n"never closed\n', "quote", 1),
    ("too many cells", "a.csv", b"id,text\n1,fine\n2,a,b\n", "cells", 1),
    ("text after a quote", "a.csv", b'text\nfine\n"a"b\n', "quote", 1),
    ("two columns of one name", "a.csv", b"text,text\na,b\n", "text", 0),
    ("empty file", "a.csv", b"", "", 0),
    ("header only", "a.csv", b"text\n", "", 0),
    ("NaN", "a.jsonl", b'{"data": {"text": "fine"}}\n{"data": {"text": "x", "n": NaN}}\n', "NaN", 1),
    ("infinity", "a.jsonl", b'{"data": {"text": "fine"}}\n{"data": {"text": "x", "n": 1e999}}\n', "large", 1),
    (
        "duplicate keys",
        "a.jsonl",
        b'{"data": {"text": "fine"}}\n{"data": {"text": "x", "text": "y"}}\n',
        "duplicate",
        1,
    ),
    (
        "4,000 digits",
        "a.jsonl",
        b'{"data": {"text": "fine"}}\n{"data": {"text": "x", "n": %s}}\n' % (b"9" * 4000),
        "large",
        1,
    ),
    (
        "deep JSON",
        "a.jsonl",
        b'{"data": {"text": "fine"}}\n{"data": {"text": "x", "n": %s}}\n' % (b"[" * 100_000 + b"]" * 100_000),
        "deep",
        1,
    ),
    ("JSON that ends early", "a.json", b'[{"data": {"text": "fine"}}, {"data": {"te', "", 1),
    ("truncated archive", "a.zip", archive({"a.txt": b"fine"})[:-10], "", 0),
    ("an archive of nothing", "a.zip", archive({}), "no files", 0),
    ("a bomb", "a.zip", archive({"fine.txt": b"fine", "bomb.txt": b"\0" * 9_000_000}), "", 1),
    (
        "an archive in an archive",
        "a.zip",
        archive({"fine.txt": b"fine", "in.zip": archive({"a": b"b"})}),
        "",
        1,
    ),
    ("path upwards", "a.zip", archive({"fine.txt": b"fine", "../up.txt": b"x"}), "", 1),
    ("absolute path", "a.zip", archive({"fine.txt": b"fine", "/etc/passwd.txt": b"x"}), "", 1),
    ("drive letter", "a.zip", archive({"fine.txt": b"fine", "C:\\a.txt": b"x"}), "", 1),
    ("name of 10,000 letters", "a.zip", archive({"fine.txt": b"fine", "a" * 10_000 + ".txt": b"x"}), "", 1),
    ("what is no text", "a.zip", archive({"fine.txt": b"fine", "run.exe": b"MZ"}), "neither", 1),
    ("NUL in a member", "a.zip", archive({"fine.txt": b"fine", "nul.txt": b"a\0b"}), "NUL", 1),
]


@pytest.mark.parametrize(
    ("file_name", "content", "message", "kept"), [f[1:] for f in FILES], ids=[f[0] for f in FILES]
)
def test_hostile_files(eve: Caller, file_name: str, content: bytes, message: str, kept: int) -> None:
    job = eve.import_file(content, file_name, format=file_name.rpartition(".")[2])
    found = messages(job)
    assert Task.objects.filter(project=eve.project).count() == kept
    if kept:
        assert job.state == JobState.DONE, job.error
        assert job.result["refused"] == 1
    if found:
        assert message in found[0][2], found
    else:
        assert (job.state, job.result["created"]) == (JobState.DONE, 0), "an empty file imports nothing"
        assert not message
    assert "Unexpected" not in job.error


@pytest.mark.parametrize(
    ("file_name", "content", "message", "kept"), [f[1:] for f in FILES[:6]], ids=[f[0] for f in FILES[:6]]
)
def test_hostile_files_are_previewed(
    eve: Caller, file_name: str, content: bytes, message: str, kept: int
) -> None:
    look = eve.upload("imports/preview/", content, file_name, 200)
    assert any(message in problem["message"] for problem in look["problems"])


def test_a_link_in_an_archive(eve: Caller) -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        link = zipfile.ZipInfo("link.txt")
        link.external_attr = 0o120777 << 16
        packed.writestr(link, "/etc/passwd")
    job = eve.import_file(out.getvalue(), "a.zip")
    assert job.state == JobState.FAILED
    assert messages(job)[0][1] == "link.txt"
    assert not Task.objects.filter(project=eve.project).exists()


def _png(width: int, height: int) -> bytes:
    """A PNG that says it is this large and holds nearly nothing."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b"")]
    chunks = (struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


PICTURES: list[tuple[str, Callable[[], bytes], str]] = [
    ("100 Mpx and more", lambda: _png(10_001, 10_001), "pixels"),
    ("4,225 Mpx", lambda: _png(65_000, 65_000), "pixels"),
    ("one line of a billion", lambda: _png(1, 1_000_000_000), "pixels"),
    ("truncated", lambda: picture(200, 200, "red", "JPEG")[:-400], "truncated"),
    ("SVG", lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "markup"),
    ("HTML", lambda: b"<!doctype html><script>alert(1)</script>", "markup"),
    ("empty", lambda: b"", "empty"),
    ("a program", lambda: b"MZ" + b"\0" * 100, "not an image"),
]


@pytest.mark.parametrize(("make", "message"), [p[1:] for p in PICTURES], ids=[p[0] for p in PICTURES])
def test_hostile_pictures(world: World, make: Callable[[], bytes], message: str) -> None:
    project = make_project(world.organization, world.max, IMAGES, members={world.eve: "engineer"})
    job = Caller(world.eve, project).import_file(archive({"fine.png": picture(), "bad.png": make()}), "a.zip")
    assert job.state == JobState.DONE, job.error
    assert message in messages(job)[0][2], messages(job)
    assert Task.objects.filter(project=project).count() == 1
    assert Media.objects.filter(project=project).count() == 1


BODIES: list[tuple[str, bytes]] = [
    ("deep", b'{"items": ' + b"[" * 5_000 + b"]" * 5_000 + b"}"),
    ("NaN", b'{"items": [{"data": {"text": NaN}}]}'),
    ("NUL", b'{"items": [{"data": {"text": "a\\u0000"}}]}'),
    ("lone surrogate", b'{"items": [{"data": {"text": "\\udfff"}}]}'),
    ("duplicate keys", b'{"items": [{"data": {"text": "a"}, "data": {}}]}'),
    ("not JSON", b"{"),
    ("a list", b"[]"),
    ("bad UTF-8", b'{"items": ["\xff"]}'),
]


@pytest.mark.parametrize("body", [b[1] for b in BODIES], ids=[b[0] for b in BODIES])
def test_hostile_bodies(eve: Caller, body: bytes) -> None:
    answer = eve.client.post(eve.address("imports/"), body, content_type="application/json")
    assert answer.status_code == 400, answer.content
    assert answer.json()["error"]["message"]


def test_an_unknown_format(eve: Caller) -> None:
    assert eve.upload("imports/", b"\x00\x01\x02", "a.bin", 400)["error"]["fields"][0]["path"] == "file"
    assert (
        eve.upload("imports/", b"text\n", "a.csv", 400, format="xlsx")["error"]["fields"][0]["path"]
        == "format"
    )
    assert (
        eve.upload("imports/", b"text\n", "a.csv", 400, mapping="{")["error"]["fields"][0]["path"]
        == "mapping"
    )


def test_wrong_options_fail_with_words(eve: Caller) -> None:
    job = eve.import_file(b"text\nHi\n", encoding="klingon")
    assert job.state == JobState.FAILED
    assert "klingon" in job.error
    job = eve.import_file(b"text\nHi\n", mapping={"body": {"to": "data", "name": "text"}})
    assert job.state == JobState.FAILED
    assert messages(job) == [(0, "body", "the file has no such column")]


def test_what_the_database_refuses_costs_its_row(eve: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """Should a check ever let something through, only that row is lost."""
    from exchange.importing import copying

    monkeypatch.setattr(copying, "as_json", lambda value: json.dumps(value).replace("BOOM", "\\\\u0000"))
    job = eve.import_items([{"data": {"text": text}} for text in ("a", "b", "BOOM", "c", "d")])
    assert job.result["created"] == 4
    assert messages(job)[0][0] == 3
    assert messages(job)[0][2].startswith("cannot be stored")


def test_names_of_uploads_are_inert(eve: Caller, settings: Any) -> None:
    eve.upload("imports/preview/", b"text\nHi\n", "../../../tmp/evil.csv", 200)
    stored = [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]
    assert len(stored) == 1
    assert stored[0].suffix == ".csv"
    assert "evil" not in stored[0].name
