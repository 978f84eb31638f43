"""What all writers share: names, chunks, hashes, tallies, the manifest, flat memory, golden files."""

from __future__ import annotations

import hashlib
import io
import os
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from formats.manifest import manifest
from formats.outgoing import ExportItem, Tally
from formats.registry import readers, writers
from formats.strictjson import dumps, loads
from tests.formats.world import SOUND, TEXT, VISION, call, context, export, message, photo

GOLDEN = Path(__file__).parent / "golden"


def samples(name: str) -> tuple[list[ExportItem], Any]:
    """Three items and the ontology that suits the format."""
    if name in ("coco", "yolo"):
        region = {"region": {"attributes": {"occluded": "yes"}}}
        return [
            photo("a.jpg", [("car", [10.0, 20.0, 50.0, 30.0]), ("person", [0.5, 0.25, 8.0, 16.0])], **region),
            photo("b.jpg", []),
            photo("c.jpg", [("person", [190.0, 90.0, 10.0, 10.0])]),
        ], VISION
    if name in ("audacity", "rttm"):
        return [
            call("calls/a.wav", [("on hold", 3.5, 7.125), ("agent", 0.25, 4.0)]),
            call("b.wav", []),
            call("c.mp3", [("agent", 0.0, 1.001)], region={"attributes": {"tone": "calm"}}),
        ], SOUND
    return [
        message(
            "m1", "Ann went to Köln 😀.\nBob stayed.", [("person", 0, 3), ("place", 12, 16)], tone="good"
        ),
        message("m2", '=1+1, "quoted"', [], note="-x", meta={"source": "chat"}),
        message("m3", "東京", [("place", 0, 2)], tone="bad"),
    ], TEXT


def readable(name: str, content: bytes) -> bytes:
    """Archives as text, so that a golden file can be read and compared."""
    if name not in ("yolo", "audacity"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return b"".join(b"== %s\n%s" % (one.encode(), archive.read(one)) for one in archive.namelist())


@pytest.mark.parametrize("name", list(writers()))
def test_golden_file(name: str) -> None:
    """After an intended change: TOUCHSTONE_GOLDEN=write pytest tests/formats, then read the difference."""
    items, ontology = samples(name)
    content, _ = export(name, items, context(ontology, answers="all"))
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("TOUCHSTONE_GOLDEN") == "write":
        path.write_bytes(readable(name, content))
    assert readable(name, content) == path.read_bytes()


@pytest.mark.parametrize("name", list(writers()))
def test_summary(name: str) -> None:
    items, ontology = samples(name)
    content, summary = export(name, items, context(ontology))
    assert summary.items == 3
    assert summary.bytes == len(content)
    assert summary.sha256 == hashlib.sha256(content).hexdigest()
    assert summary.annotations == sum(len(item.annotations) for item in items)
    assert all(isinstance(line, str) for line in writers()[name].losses(ontology))


@pytest.mark.parametrize("name", list(writers()))
def test_nothing_to_export(name: str) -> None:
    _, ontology = samples(name)
    content, summary = export(name, [], context(ontology))
    assert summary.items == 0
    assert summary.losses == {}
    assert summary.bytes == len(content)


@pytest.mark.parametrize("name", list(writers()))
def test_memory_is_flat(name: str) -> None:
    """The peak of 6,000 items is hardly above that of 600."""
    sample, ontology = samples(name)

    def many(count: int) -> Iterator[ExportItem]:
        for number in range(count):
            one = sample[number % 3]
            media = one.media
            if "photo" in media:
                media = {"photo": type(media["photo"])("photo", "image", f"{number}.jpg", 200, 100)}
            yield ExportItem(f"{number}", one.data, one.meta, "done", one.final, media, one.annotations)

    def peak(count: int) -> int:
        tracemalloc.start()
        for chunk in writers()[name].chunks(many(count), context(ontology, answers="all"), Tally()):
            assert len(chunk) < 1_000_000
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(10)
    small, large = peak(600), peak(6_000)
    # Spools stay in memory up to 1 MiB each; YOLO remembers a digest for every name.
    assert large < small + 3 * 1024 * 1024 + 6_000 * 150


def test_manifest() -> None:
    items, ontology = samples("conll")
    where = context(ontology)
    content, summary = export("conll", items, where)
    found = manifest(
        writers()["conll"], where, file_name="x.conll", summary=summary, filters={"state": ["done"]}
    )
    assert loads(dumps(found)) == found
    assert found["files"] == [
        {"name": "x.conll", "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    ]
    assert found["counts"] == {"items": 3, "annotations": 3}
    assert found["filters"] == {"state": ["done"]}
    assert found["losses"]["counted"] == {'answer of field "note"': 1, 'answer of field "tone"': 2}
    assert found["ontology"]["annotations_by_version"] == {"3": 3}
    assert found["ontology"]["version"] == 3


def test_every_format_has_its_page() -> None:
    docs = Path(__file__).parents[2] / "docs" / "formats"
    for name in {*readers(), *writers()}:
        page = docs / f"{name}.md"
        assert page.is_file(), f"docs/formats/{name}.md is missing"
        assert len(page.read_text()) > 300
    index = (docs / "README.md").read_text()
    assert all(f"({name}.md)" in index for name in {*readers(), *writers()})


def test_names_and_endings_agree() -> None:
    for name, writer in writers().items():
        assert writer.name == name
        assert writer.extension.startswith(".")
        assert "/" in writer.media_type
