"""YOLO export, read back by supervision and PyYAML."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
import supervision
import yaml
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from formats.outgoing import ExportItem
from formats.writers import zipstream
from formats.writers.names import safe_path
from formats.writers.zipstream import ZipStream
from tests.formats.world import MOMENT, VISION, context, export, photo

BOXES = [("car", [10.0, 20.0, 50.0, 30.0]), ("person", [0.5, 0.25, 8.0, 16.0])]


def unpack(items: list[ExportItem], **options: object) -> tuple[dict[str, bytes], dict[str, int]]:
    content, summary = export("yolo", items, context(VISION, **options))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert len(set(archive.namelist())) == len(archive.namelist())
        return {name: archive.read(name) for name in archive.namelist()}, dict(summary.losses)


def test_it_works() -> None:
    files, losses = unpack(
        [photo("a.jpg", BOXES, region={"attributes": {"occluded": "no"}}), photo("b.jpg", [])]
    )
    assert set(files) == {"labels/train/a.txt", "labels/train/b.txt", "train.txt", "data.yaml"}
    assert files["labels/train/a.txt"] == (
        b"0 0.175000 0.350000 0.250000 0.300000\n1 0.022500 0.082500 0.040000 0.160000\n"
    )
    assert files["labels/train/b.txt"] == b""
    assert files["train.txt"] == b"./images/train/a.jpg\n./images/train/b.jpg\n"
    assert yaml.safe_load(files["data.yaml"]) == {
        "train": "images/train",
        "val": "images/train",
        "nc": 2,
        "names": {0: "car", 1: "person"},
    }
    assert losses == {'answer of field "weather"': 2, "attribute of a region": 2}


def test_supervision_reads_it_with_its_images(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (200, 100)).save(buffer, "JPEG")
    where = replace(context(VISION), open_media=lambda item, medium: io.BytesIO(buffer.getvalue()))
    content, _ = export("yolo", [photo("a.jpg", BOXES), photo("b.jpg", [])], where)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(tmp_path)
    found = supervision.DetectionDataset.from_yolo(
        str(tmp_path / "images/train"), str(tmp_path / "labels/train"), str(tmp_path / "data.yaml")
    )
    assert found.classes == ["car", "person"]
    detections = {Path(name).name: one for name, _, one in found}
    expected = [[10, 20, 60, 50], [0.5, 0.25, 8.5, 16.25]]
    assert detections["a.jpg"].xyxy.tolist() == [pytest.approx(row, abs=1e-3) for row in expected]
    assert detections["a.jpg"].class_id.tolist() == [0, 1]
    assert len(detections["b.jpg"]) == 0


def test_regions_outside_are_clipped_or_left_out() -> None:
    boxes = [("car", [190.0, 90.0, 20.0, 20.0]), ("car", [300.0, 0.0, 5.0, 5.0])]
    files, losses = unpack([photo("a.jpg", boxes)])
    assert files["labels/train/a.txt"] == b"0 0.975000 0.950000 0.050000 0.100000\n"
    assert losses["part of a region outside its image"] == 2
    assert losses["region without area inside its image"] == 1


def test_names_used_twice() -> None:
    items = [
        photo("a", BOXES, file_name="x.jpg"),
        photo("b", [], file_name="X.png"),
        photo("c", [], file_name="s/x.jpg"),
    ]
    files, losses = unpack(items)
    assert {name for name in files if name.startswith("labels")} == {
        "labels/train/x.txt",
        "labels/train/X-00000002.txt",
        "labels/train/s/x.txt",
    }
    assert losses["image name used twice (a number was added)"] == 1


def test_validation_share_is_stable() -> None:
    items = [photo(f"{number}.jpg", []) for number in range(400)]
    files, _ = unpack(items, validation_share=0.25)
    val = files["val.txt"].splitlines()
    assert 60 < len(val) < 140
    assert len(val) + len(files["train.txt"].splitlines()) == 400
    assert unpack(items[::-1], validation_share=0.25)[0]["val.txt"].splitlines() == val[::-1]
    assert yaml.safe_load(files["data.yaml"])["val"] == "images/val"


@pytest.mark.parametrize(
    ("raw", "safe"),
    [
        ("../../etc/passwd", "etc/passwd.jpg"),
        ("/abs/a.png", "abs/a.png"),
        ("C:\\x\\a.png", "C_/x/a.png"),
        ("a\nb.png", "a_b.png"),
        ("...", "00"),
        ("", "00"),
        ("x" * 300 + ".jpg", "x" * 90 + ".jpg"),
    ],
)
def test_file_names_from_outside(raw: str, safe: str) -> None:
    assert safe_path(raw, "00", ".jpg") == safe


@given(st.text(max_size=40))
def test_no_name_leads_out_of_the_archive(raw: str) -> None:
    parts = safe_path(raw, "00", ".jpg").split("/")
    assert all(part and part not in (".", "..") and "\\" not in part and ":" not in part for part in parts)


def test_archive_stream_with_wide_fields(monkeypatch: pytest.MonkeyPatch) -> None:
    """The ZIP64 records, reached by lowering the limits instead of writing 4 GB."""
    monkeypatch.setattr(zipstream, "_LIMIT_16", 3)
    archive = ZipStream(MOMENT)
    content = b"".join(archive.add(f"{number}.txt", b"x" * number) for number in range(5))
    content += b"".join([*archive.add_pieces("é.txt", [b"ab", b"cd"]), *archive.finish()])
    content = content.replace(b"\x03\x00\x03\x00", b"\xff\xff\xff\xff")
    with zipfile.ZipFile(io.BytesIO(content)) as found:
        assert found.testzip() is None
        assert found.read("é.txt") == b"abcd"
        assert len(found.namelist()) == 6
        assert found.infolist()[0].date_time == (2026, 11, 21, 12, 30, 14)
