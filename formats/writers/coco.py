"""COCO instances JSON, streamed. Described in docs/formats/coco.md."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import IO, ClassVar

from formats.outgoing import ExportContext, ExportItem, ExportMedia, Tally
from formats.strictjson import Json, dumps
from formats.writers.base import (
    Writer,
    fields_beside,
    lose_answers,
    medium_of,
    region_fields,
    replay,
    shapes_of,
    spool,
)
from formats.writers.classes import ClassTable, class_table
from labeltypes.base import Field, Shape
from labeltypes.ontology import Ontology
from stats.regions.run_lengths import parse_counts


class CocoWriter(Writer):
    """Boxes, polygons and masks on images. Images go out at once; annotations wait in a temporary file for
    their turn."""

    name: ClassVar[str] = "coco"
    title: ClassVar[str] = "COCO"
    extension: ClassVar[str] = ".json"
    media_type: ClassVar[str] = "application/json"

    def losses(self, ontology: Ontology) -> list[str]:
        """Fields that are not regions on images; everything about who answered."""
        beside = fields_beside(ontology, region_fields(ontology, "image"))
        return [*beside, "who answered, when and under which guideline (only final answers are written)"]

    def pieces(self, items: Iterable[ExportItem], context: ExportContext, tally: Tally) -> Iterator[bytes]:
        """`images` while the items pass by, then `annotations` from the spool."""
        fields = region_fields(context.ontology, "image")
        job = _Job(fields, class_table(fields), context, tally)
        with spool() as waiting:
            yield b"{" + _head(job.table, context, fields) + b',"images":['
            for item in items:
                tally.count(item)
                lose_answers(item, fields, tally)
                yield from job.images(item, waiting)
            yield b'],"annotations":['
            yield from replay(waiting)
            yield b"]}\n"


class _Job:
    """One run: running numbers, and one item at a time."""

    def __init__(self, fields: list[Field], table: ClassTable, context: ExportContext, tally: Tally) -> None:
        self.table = table
        self._fields = fields
        self._polygons = context.options.box_polygons
        self._tally = tally
        self._images = 0
        self._annotations = 0

    def images(self, item: ExportItem, waiting: IO[bytes]) -> Iterator[bytes]:
        """The item's images as JSON; their annotations go to the spool."""
        found = False
        for medium in item.media.values():
            if medium.kind != "image":
                continue
            found = True
            if not medium.width or not medium.height:
                self._tally.lose("image of unknown size")
                continue
            self._images += 1
            comma = b"," if self._images > 1 else b""
            yield comma + dumps(_image(self._images, item, medium))
            self._annotate(item, medium, waiting)
        if not found:
            self._tally.lose("item without an image")

    def _annotate(self, item: ExportItem, medium: ExportMedia, waiting: IO[bytes]) -> None:
        if item.final is None:
            return
        for field in self._fields:
            if medium_of(item, field) is not medium:
                continue
            for shape in shapes_of(field, item.final.value, self._tally):
                entry = self._entry(field, shape)
                if entry is not None:
                    self._annotations += 1
                    entry = {"id": self._annotations, "image_id": self._images, **entry}
                    waiting.write((b"," if self._annotations > 1 else b"") + dumps(entry))

    def _entry(self, field: Field, shape: Shape) -> dict[str, Json] | None:
        position = self.table.index.get((field.name, shape.cls))
        if position is None:
            self._tally.lose(f'region of class "{shape.cls}", which the current ontology does not have')
            return None
        place = self._place(shape)
        if place is None:
            self._tally.lose(f"region of shape {shape.kind}")
            return None
        return {"category_id": position + 1, **place, "attributes": dict(shape.attributes)}

    def _place(self, shape: Shape) -> dict[str, Json] | None:
        """`bbox`, `iscrowd`, `area` and `segmentation`; None for shapes that have none here."""
        if shape.mask is not None:
            return {
                "bbox": [*shape.coords],
                "iscrowd": 0,
                "area": parse_counts(shape.mask.counts, *shape.mask.size).area,
                "segmentation": {"size": [*shape.mask.size], "counts": shape.mask.counts},
            }
        ring = _ring(shape)
        if ring is None:
            return None
        box = list(shape.coords) if shape.kind == "bbox" else _bounds(ring)
        place: dict[str, Json] = {"bbox": [*box], "iscrowd": 0}
        place["area"] = box[2] * box[3] if shape.kind == "bbox" else _area(ring)
        if shape.kind != "bbox" or self._polygons:
            place["segmentation"] = [[*ring]]
        return place


def _head(table: ClassTable, context: ExportContext, fields: list[Field]) -> bytes:
    info = {
        "description": context.project,
        "version": str(context.ontology_version),
        "date_created": context.stamp,
        "year": context.stamp.year,
    }
    categories = [
        {"id": position + 1, "name": name, "supercategory": key[0]}
        for position, (key, name) in enumerate(zip(table.keys, table.names, strict=True))
    ]
    return b'"info":' + dumps(info) + b',"licenses":[],"categories":' + dumps(categories)


def _image(number: int, item: ExportItem, medium: ExportMedia) -> dict[str, Json]:
    name = medium.file_name or item.external_id or f"{number}"
    return {
        "id": number,
        "file_name": name,
        "width": medium.width,
        "height": medium.height,
        "external_id": item.external_id,
    }


def _ring(shape: Shape) -> list[float] | None:
    """The outline as x1, y1, x2, y2, …; None for shapes that have none here."""
    if shape.kind == "bbox":
        x, y, width, height = shape.coords
        return [x, y, x + width, y, x + width, y + height, x, y + height]
    return list(shape.coords) if shape.kind == "polygon" and len(shape.coords) >= 6 else None


def _bounds(ring: list[float]) -> list[float]:
    xs, ys = ring[0::2], ring[1::2]
    return [min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)]


def _area(ring: list[float]) -> float:
    """Shoelace formula."""
    xs, ys = ring[0::2], ring[1::2]
    following = zip([*xs[1:], xs[0]], [*ys[1:], ys[0]], strict=True)
    return abs(sum(x * y2 - x2 * y for x, y, (x2, y2) in zip(xs, ys, following, strict=True))) / 2
