"""Segments of recordings, for formats that hold one list of stretches of time for each."""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import splitext
from typing import NamedTuple

from formats.outgoing import ExportItem, Tally
from formats.writers.base import (
    attribute_losses,
    fields_beside,
    lose_answers,
    medium_of,
    region_fields,
    shapes_of,
)
from formats.writers.names import FreeNames, safe_path
from labeltypes.base import Shape
from labeltypes.ontology import Ontology


class Recording(NamedTuple):
    """A name of its own without ending, and the segments of its final answer by their time."""

    name: str
    segments: list[Shape]


class Recordings:
    """The recordings of an export, one item at a time; what is left out is counted."""

    def __init__(self, ontology: Ontology, tally: Tally) -> None:
        self._fields = region_fields(ontology, "audio")
        self._names, self._tally, self._number = FreeNames(), tally, 0

    def of(self, item: ExportItem) -> Iterator[Recording]:
        """Those of an item that has a final answer."""
        self._tally.count(item)
        lose_answers(item, self._fields, self._tally)
        media = [medium for medium in item.media.values() if medium.kind == "audio"]
        if not media:
            self._tally.lose("item without a recording")
        for medium in media:
            if item.final is None:
                continue
            self._number += 1
            wanted = safe_path(medium.file_name or item.external_id or "", f"{self._number:08d}", "")
            name, is_new = self._names.take(wanted, self._number)
            if not is_new:
                self._tally.lose("name of a recording used twice (a number was added)")
            segments = [
                shape
                for field in self._fields
                if medium_of(item, field) is medium
                for shape in shapes_of(field, item.final.value, self._tally)
                if shape.kind == "interval"
            ]
            self._tally.lose("attribute of a region", sum(len(each.attributes) for each in segments))
            yield Recording(splitext(name)[0], sorted(segments, key=lambda each: (each.coords, each.cls)))


def losses_of(ontology: Ontology) -> list[str]:
    """What lists of stretches of time cannot hold."""
    fields = region_fields(ontology, "audio")
    several = len(fields) > 1
    return [
        *fields_beside(ontology, fields),
        *attribute_losses(fields),
        *(["which field a segment belongs to"] if several else []),
        "external ids, metadata, and who answered (only final answers are written)",
    ]


def refusal_of(ontology: Ontology) -> str:
    """Why there is nothing to write; empty: there is something."""
    return "" if region_fields(ontology, "audio") else "the ontology has no field of segments of a recording"
