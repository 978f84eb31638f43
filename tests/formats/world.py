"""Helpers of the format tests: files on disk, and exports of a small ontology."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from formats.incoming import ColumnMapping, Imported, ReadOptions, Refused
from formats.outgoing import (
    ExportAnnotation,
    ExportContext,
    ExportItem,
    ExportMedia,
    ExportReview,
    Final,
    Summary,
    WriteOptions,
)
from formats.reading import read
from formats.registry import writers
from labeltypes.ontology import parse_ontology

MOMENT = datetime(2026, 11, 21, 12, 30, 15, tzinfo=UTC)

VISION = parse_ontology(
    {
        "media": [{"name": "photo", "kind": "image", "source": "image"}],
        "fields": [
            {
                "name": "objects",
                "type": "box",
                "on": "photo",
                "classes": [
                    {
                        "name": "car",
                        "title": "Car or van",
                        "attributes": [{"name": "occluded", "type": "choice", "options": ["no", "yes"]}],
                    },
                    "person",
                ],
            },
            {"name": "weather", "type": "choice", "options": ["sun", "rain"]},
        ],
    }
)
TEXT = parse_ontology(
    {
        "media": [{"name": "text", "kind": "text", "source": "text"}],
        "fields": [
            {"name": "names", "type": "span", "on": "text", "overlap": True, "classes": ["person", "place"]},
            {"name": "tone", "type": "choice", "options": ["good", "bad"]},
            {"name": "note", "type": "text"},
        ],
    }
)
SOUND = parse_ontology(
    {
        "media": [{"name": "sound", "kind": "audio", "source": "audio"}],
        "fields": [
            {
                "name": "turns",
                "type": "segment",
                "on": "sound",
                "overlap": "classes",
                "classes": [
                    {
                        "name": "agent",
                        "attributes": [{"name": "tone", "type": "choice", "options": ["calm", "angry"]}],
                    },
                    "on hold",
                ],
            },
            {"name": "note", "type": "text"},
        ],
    }
)


def read_file(
    path: Path, mapping: ColumnMapping | None = None, **options: Any
) -> tuple[list[Imported], list[Refused]]:
    """Good and refused items of a file."""
    good: list[Imported] = []
    bad: list[Refused] = []
    for one in read(path, mapping, ReadOptions(**options)):
        good.append(one) if isinstance(one, Imported) else bad.append(one)
    return good, bad


def context(ontology: Any, **options: Any) -> ExportContext:
    """An export at a fixed moment."""
    return ExportContext("Streets", ontology, 3, MOMENT, WriteOptions(**options))


def export(name: str, items: Iterable[ExportItem], where: ExportContext) -> tuple[bytes, Summary]:
    """The bytes a writer makes, and its summary."""
    sink = io.BytesIO()
    summary = writers()[name].write(items, where, sink)
    return sink.getvalue(), summary


def photo(name: str, boxes: list[tuple[str, list[float]]], **more: Any) -> ExportItem:
    """An image of 200 × 100 pixels with boxes as its final answer."""
    objects = [
        {"id": f"b{index}", "class": cls, "box": box, **more.get("region", {})}
        for index, (cls, box) in enumerate(boxes)
    ]
    media = {"photo": ExportMedia("photo", "image", more.get("file_name", name), 200, 100)}
    return ExportItem(
        external_id=name,
        data={"image": f"media:{name}"},
        meta={},
        state="done",
        final=Final({"objects": objects, "weather": "rain"}, 0.9, "consensus"),
        media=media,
    )


def call(name: str, turns: list[tuple[str, float, float]], **more: Any) -> ExportItem:
    """A recording with segments as its final answer."""
    answer = [
        {"id": f"t{at}", "class": cls, "start": start, "end": end, **more.get("region", {})}
        for at, (cls, start, end) in enumerate(turns)
    ]
    return ExportItem(
        external_id=name,
        data={"audio": f"media:{name}"},
        meta={},
        state="done",
        final=Final({"turns": answer, "note": "clear"}, 0.9, "consensus"),
        media={"sound": ExportMedia("sound", "audio", more.get("file_name", name))},
    )


def message(
    name: str,
    text: str,
    spans: list[tuple[str, int, int]],
    *,
    meta: dict[str, Any] | None = None,
    **value: Any,
) -> ExportItem:
    """A text with spans as its final answer, and one annotation that was reviewed."""
    answer = {
        "names": [{"id": f"s{i}", "class": cls, "start": a, "end": b} for i, (cls, a, b) in enumerate(spans)],
        **value,
    }
    review = ExportReview("reviewer-1", "accept", MOMENT, comment="=fine")
    annotation = ExportAnnotation("person-1", answer, MOMENT, 12.5, 3, 2, reviews=(review,))
    return ExportItem(
        external_id=name,
        data={"text": text},
        meta=meta or {},
        state="done",
        final=Final(answer, 0.97, "consensus"),
        media={"text": ExportMedia("text", "text", text=text)},
        annotations=(annotation,),
    )
