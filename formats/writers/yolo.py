"""YOLO detection in the Ultralytics layout, as a ZIP. Described in docs/formats/yolo.md."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from posixpath import splitext
from typing import IO, ClassVar

from formats.outgoing import ExportContext, ExportItem, ExportMedia, Tally
from formats.strictjson import dumps
from formats.writers.base import (
    Writer,
    attribute_losses,
    fields_beside,
    lose_answers,
    medium_of,
    region_fields,
    replay,
    shapes_of,
    spool,
)
from formats.writers.classes import ClassTable, class_table
from formats.writers.names import FreeNames, safe_path
from formats.writers.zipstream import ZipStream
from labeltypes.base import Field, Shape
from labeltypes.ontology import Ontology


class YoloWriter(Writer):
    """`labels/<split>/<name>.txt`, lists of images, `data.yaml`; the images themselves only when they are
    at hand."""

    name: ClassVar[str] = "yolo"
    title: ClassVar[str] = "YOLO (detection)"
    extension: ClassVar[str] = ".zip"
    media_type: ClassVar[str] = "application/zip"

    def losses(self, ontology: Ontology) -> list[str]:
        """Fields that are not regions on images, attributes, ids, people."""
        fields = region_fields(ontology, "image")
        return [
            *fields_beside(ontology, fields),
            *attribute_losses(fields),
            "outlines: polygons and masks become their bounding boxes",
            "external ids, metadata, and who answered (only final answers are written)",
        ]

    def pieces(self, items: Iterable[ExportItem], context: ExportContext, tally: Tally) -> Iterator[bytes]:
        """Labels while the items pass by, then the lists and data.yaml."""
        fields = region_fields(context.ontology, "image")
        job = _Job(fields, class_table(fields), context, tally)
        with spool() as train, spool() as val:
            lists = {"train": train, "val": val}
            for item in items:
                tally.count(item)
                lose_answers(item, fields, tally)
                yield from job.item(item, lists)
            for split in job.splits:
                yield from job.archive.add_pieces(f"{split}.txt", replay(lists[split]))
        yield job.archive.add("data.yaml", _data_yaml(job.table, job.splits))
        yield from job.archive.finish()


class _Job:
    """One run: the archive, the names taken so far, and one item at a time."""

    def __init__(self, fields: list[Field], table: ClassTable, context: ExportContext, tally: Tally) -> None:
        self.table = table
        self.archive = ZipStream(context.stamp)
        share = context.options.validation_share
        self.splits = ("train", "val") if share > 0 else ("train",)
        self._share = share
        self._fields = fields
        self._context = context
        self._tally = tally
        self._names = FreeNames()
        self._images = 0

    def item(self, item: ExportItem, lists: dict[str, IO[bytes]]) -> Iterator[bytes]:
        """Label files (and pictures) of one item."""
        media = [medium for medium in item.media.values() if medium.kind == "image"]
        if not media:
            self._tally.lose("item without an image")
        for medium in media:
            if not medium.width or not medium.height:
                self._tally.lose("image of unknown size")
                continue
            self._images += 1
            name = self._name(item, medium)
            split = self._split(name)
            lists[split].write(f"./images/{split}/{name}\n".encode())
            yield self.archive.add(
                f"labels/{split}/{splitext(name)[0]}.txt", self._lines(item, medium).encode()
            )
            if self._context.open_media is not None:
                with self._context.open_media(item, medium) as stream:
                    yield self.archive.add(f"images/{split}/{name}", stream.read(), pack=False)

    def _lines(self, item: ExportItem, medium: ExportMedia) -> str:
        if item.final is None:
            return ""
        lines: list[str] = []
        for field in self._fields:
            if medium_of(item, field) is medium:
                shapes = shapes_of(field, item.final.value, self._tally)
                lines.extend(line for shape in shapes if (line := self._line(field, shape, medium)))
        return "".join(lines)

    def _line(self, field: Field, shape: Shape, medium: ExportMedia) -> str:
        position = self.table.index.get((field.name, shape.cls))
        if position is None:
            self._tally.lose(f'region of class "{shape.cls}", which the current ontology does not have')
            return ""
        corners = self._corners(shape)
        if corners is None:
            return ""
        width, height = float(medium.width or 1), float(medium.height or 1)
        left, right = (min(max(x, 0.0), width) for x in (corners[0], corners[2]))
        top, bottom = (min(max(y, 0.0), height) for y in (corners[1], corners[3]))
        if (left, top, right, bottom) != corners:
            self._tally.lose("part of a region outside its image")
        if right <= left or bottom <= top:
            self._tally.lose("region without area inside its image")
            return ""
        self._tally.lose("attribute of a region", len(shape.attributes))
        numbers = (
            (left + right) / 2 / width,
            (top + bottom) / 2 / height,
            (right - left) / width,
            (bottom - top) / height,
        )
        return f"{position} " + " ".join(f"{number:.6f}" for number in numbers) + "\n"

    def _corners(self, shape: Shape) -> tuple[float, float, float, float] | None:
        if shape.kind == "mask":
            self._tally.lose("pixels of a mask (written as its bounding box)")
        if shape.kind in ("bbox", "mask"):
            x, y, width, height = shape.coords
            return x, y, x + width, y + height
        if shape.kind == "polygon":
            self._tally.lose("outline of a polygon (written as its bounding box)")
            xs, ys = shape.coords[0::2], shape.coords[1::2]
            return min(xs), min(ys), max(xs), max(ys)
        self._tally.lose(f"region of shape {shape.kind}")
        return None

    def _name(self, item: ExportItem, medium: ExportMedia) -> str:
        """A relative path that is safe on every system and whose label file is nobody else's."""
        wanted = safe_path(medium.file_name or item.external_id or "", f"{self._images:08d}", ".jpg")
        name, is_new = self._names.take(wanted, self._images)
        if not is_new:
            self._tally.lose("image name used twice (a number was added)")
        return name

    def _split(self, name: str) -> str:
        """By a hash of the name, so that an image stays on its side from export to export."""
        drawn = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=4).digest(), "big") / 2**32
        return "val" if drawn < self._share else "train"


def _data_yaml(table: ClassTable, splits: tuple[str, ...]) -> bytes:
    """No `path:` key: a relative one is looked up in the user's global folder; without it, beside this file.

    Names are JSON strings, which are YAML strings too.
    """
    lines = ["train: images/train", f"val: images/{splits[-1]}", f"nc: {len(table.names)}", "names:"]
    lines.extend(f"  {position}: {dumps(name).decode()}" for position, name in enumerate(table.names))
    return ("\n".join(lines) + "\n").encode()
