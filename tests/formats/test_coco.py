"""COCO export, read back by pycocotools and supervision."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import supervision
from PIL import Image
from pycocotools.coco import COCO

from formats.outgoing import ExportItem, ExportMedia, Final
from formats.writers import coco
from labeltypes.base import Json, Shape
from labeltypes.ontology import parse_ontology
from stats.regions.run_lengths import counts_of, runs_of
from tests.formats.world import VISION, context, export, photo

BOXES = [("car", [10.0, 20.0, 50.0, 30.0]), ("person", [0.5, 0.25, 8.0, 16.0])]


def put(tmp_path: Path, items: list[ExportItem], **options: object) -> tuple[Path, dict[str, int]]:
    content, summary = export("coco", items, context(VISION, **options))
    path = tmp_path / "coco.json"
    path.write_bytes(content)
    return path, dict(summary.losses)


def test_it_works(tmp_path: Path) -> None:
    path, losses = put(
        tmp_path, [photo("a.jpg", BOXES, region={"attributes": {"occluded": "no"}}), photo("b.jpg", [])]
    )
    found = COCO(str(path))
    assert [one["name"] for one in found.loadCats(found.getCatIds())] == ["car", "person"]
    assert [one["file_name"] for one in found.loadImgs(found.getImgIds())] == ["a.jpg", "b.jpg"]
    car, person = found.loadAnns(found.getAnnIds(imgIds=[1]))
    assert car["bbox"] == [10, 20, 50, 30]
    assert car["area"] == 1500
    assert car["category_id"] == 1
    assert car["attributes"] == {"occluded": "no"}
    assert person["bbox"] == [0.5, 0.25, 8, 16]
    assert found.annToMask(car).sum() == 1500
    assert found.annToMask(car).shape == (100, 200)
    assert found.getAnnIds(imgIds=[2]) == []
    assert losses == {'answer of field "weather"': 2}


def test_supervision_reads_it(tmp_path: Path) -> None:
    path, _ = put(tmp_path, [photo("a.jpg", BOXES), photo("b.jpg", [])])
    for name in ("a.jpg", "b.jpg"):
        Image.new("RGB", (200, 100)).save(tmp_path / name)
    found = supervision.DetectionDataset.from_coco(str(tmp_path), str(path))
    assert found.classes == ["car", "person"]
    detections = {Path(name).name: one for name, _, one in found}
    assert detections["a.jpg"].xyxy.tolist() == [[10, 20, 60, 50], [0.5, 0.25, 8.5, 16.25]]
    assert detections["a.jpg"].class_id.tolist() == [0, 1]
    assert len(detections["b.jpg"]) == 0


def test_boxes_without_polygons(tmp_path: Path) -> None:
    path, _ = put(tmp_path, [photo("a.jpg", BOXES)], box_polygons=False)
    assert all("segmentation" not in one for one in json.loads(path.read_text())["annotations"])


def test_what_is_lost_is_counted(tmp_path: Path) -> None:
    nameless = photo("d.jpg", BOXES)
    no_size = ExportItem(
        "d", {}, {}, "done", nameless.final, {"photo": ExportMedia("photo", "image", "d.jpg")}
    )
    open_ = ExportItem("o", {}, {}, "open", None, nameless.media)
    bare = ExportItem("t", {}, {}, "done", Final({}, None, "review"))
    _, losses = put(tmp_path, [photo("a.jpg", [("bicycle", [0.0, 0.0, 1.0, 1.0])]), no_size, open_, bare])
    assert losses == {
        'answer of field "weather"': 2,
        'region of class "bicycle", which the current ontology does not have': 1,
        "image of unknown size": 1,
        "item without a final answer": 1,
        "item without an image": 1,
    }


def test_polygons_and_other_shapes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shapes = [
        Shape("polygon", "car", (0.0, 0.0, 10.0, 0.0, 10.0, 10.0), "p"),
        Shape("interval", "car", (), "m"),
    ]
    monkeypatch.setattr(coco, "shapes_of", lambda field, value, tally: shapes)
    path, losses = put(tmp_path, [photo("a.jpg", [])])
    found = COCO(str(path))
    (one,) = found.loadAnns(found.getAnnIds())
    assert one["bbox"] == [0, 0, 10, 10]
    assert one["area"] == 50
    assert one["segmentation"] == [[0, 0, 10, 0, 10, 10]]
    assert losses["region of shape interval"] == 1


def test_outlines_by_their_type(tmp_path: Path) -> None:
    """The answer of a polygon field: its points, the box around, its area; pycocotools fills it."""
    raw = VISION.to_json()
    fields = [{**raw["fields"][0], "type": "polygon"}]
    fields[0].pop("min_size")
    ontology = parse_ontology({**raw, "fields": fields})
    car = {"id": "p", "class": "car", "polygon": [[10.0, 20.0], [60.0, 20.0], [60.0, 50.0], [10.5, 50.0]]}
    item = photo("a.jpg", [])
    item = replace(item, final=Final({"objects": [car]}, 0.9, "consensus"))
    content, summary = export("coco", [item], context(ontology))
    path = tmp_path / "coco.json"
    path.write_bytes(content)
    found = COCO(str(path))
    (one,) = found.loadAnns(found.getAnnIds())
    assert one["segmentation"] == [[10, 20, 60, 20, 60, 50, 10.5, 50]]
    assert (one["bbox"], one["area"]) == ([10, 20, 50, 30], 1492.5)
    assert found.annToMask(one).sum() == pytest.approx(1492.5, rel=0.02)
    assert summary.losses == {}
    _, summary = export("yolo", [item], context(ontology))
    assert dict(summary.losses) == {"outline of a polygon (written as its bounding box)": 1}


def test_masks_by_their_type(tmp_path: Path) -> None:
    """The answer of a mask field: its run lengths, the box around, its pixels; pycocotools unpacks it."""
    raw = VISION.to_json()
    fields = [{**raw["fields"][0], "type": "mask"}]
    fields[0].pop("min_size")
    ontology = parse_ontology({**raw, "fields": fields})
    item = photo("a.jpg", [])
    medium = item.media["photo"]
    assert medium.width
    assert medium.height
    pixels = np.zeros((medium.height, medium.width), dtype=np.bool_)
    pixels[20:50, 10:60], pixels[30, 30] = True, False
    mask = {"size": [medium.height, medium.width], "counts": counts_of(runs_of(pixels))}
    car: dict[str, Json] = {"id": "m", "class": "car", "mask": mask}
    item = replace(item, final=Final({"objects": [car]}, 0.9, "consensus"))
    content, summary = export("coco", [item], context(ontology))
    path = tmp_path / "coco.json"
    path.write_bytes(content)
    found = COCO(str(path))
    (one,) = found.loadAnns(found.getAnnIds())
    assert one["segmentation"] == mask
    assert (one["bbox"], one["area"]) == ([10, 20, 50, 30], 1499)
    assert (found.annToMask(one) == pixels).all()
    assert summary.losses == {}
    _, summary = export("yolo", [item], context(ontology))
    assert dict(summary.losses) == {"pixels of a mask (written as its bounding box)": 1}


def test_an_answer_of_another_type_is_counted(tmp_path: Path) -> None:
    old = photo("a.jpg", [])
    item = ExportItem("a", {}, {}, "done", Final({"objects": [{"id": "x"}]}, 1.0, "review"), old.media)
    _, losses = put(tmp_path, [item])
    assert losses == {'answer of field "objects" from before its type changed': 1}


def test_odd_file_names_are_data_only(tmp_path: Path) -> None:
    path, _ = put(tmp_path, [photo("../../etc/passwd", BOXES)])
    assert json.loads(path.read_text())["images"][0]["file_name"] == "../../etc/passwd"
