"""The frame of every writer: pieces → chunks of a fair size → a sink with a hash; and what shapes a field
offers."""

from __future__ import annotations

import hashlib
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Any, ClassVar, Protocol

from formats.outgoing import ExportContext, ExportItem, ExportMedia, SoftLabel, Summary, Tally, WriteOptions
from formats.strictjson import Json
from labeltypes.base import Field, Shape
from labeltypes.ontology import Ontology
from labeltypes.registry import get_type

CHUNK = 64 * 1024
SPOOL = 1024 * 1024


class Sink(Protocol):
    """Anything with `write`."""

    def write(self, data: bytes, /) -> object:
        """Take these bytes."""


class Writer(ABC):
    """One export format."""

    name: ClassVar[str]
    title: ClassVar[str]
    extension: ClassVar[str]
    media_type: ClassVar[str]
    holds_soft_labels: ClassVar[bool] = False

    @abstractmethod
    def losses(self, ontology: Ontology) -> list[str]:
        """What this format cannot hold of answers to this ontology, in words, before anything is written."""

    def refusal(self, ontology: Ontology, options: WriteOptions) -> str:
        """Why nothing can be written of such an ontology with these options, in words; empty: it can."""
        del ontology, options
        return ""

    @abstractmethod
    def pieces(self, items: Iterable[ExportItem], context: ExportContext, tally: Tally) -> Iterator[bytes]:
        """The file in pieces of any size, with flat memory; counts items and losses as it goes."""

    def chunks(
        self, items: Iterable[ExportItem], context: ExportContext, tally: Tally | None = None
    ) -> Iterator[bytes]:
        """The file in chunks fit for a streaming response. The tally is complete when the last one was
        taken."""
        kept = bytearray()
        for piece in self.pieces(items, context, tally if tally is not None else Tally()):
            kept += piece
            if len(kept) >= CHUNK:
                yield bytes(kept)
                kept.clear()
        if kept:
            yield bytes(kept)

    def write(self, items: Iterable[ExportItem], context: ExportContext, sink: Sink) -> Summary:
        """Write the whole file into `sink` and say what was written and what was lost."""
        tally, digest, size = Tally(), hashlib.sha256(), 0
        for chunk in self.chunks(items, context, tally):
            sink.write(chunk)
            digest.update(chunk)
            size += len(chunk)
        return Summary(
            tally.items,
            tally.annotations,
            dict(tally.losses),
            dict(tally.ontologies),
            digest.hexdigest(),
            size,
        )


def spool() -> IO[bytes]:
    """A temporary file that stays in memory while it is small."""
    return tempfile.SpooledTemporaryFile(max_size=SPOOL)


def replay(file: IO[bytes]) -> Iterator[bytes]:
    """All bytes of a spool, from its start."""
    file.seek(0)
    while chunk := file.read(CHUNK):
        yield chunk


def region_fields(ontology: Ontology, medium: str) -> list[Field]:
    """Fields whose answers point into media of this kind ("text", "image"), so that they can offer shapes."""
    return [field for field in ontology.fields if medium in get_type(field.type).media]


def shapes_of(field: Field, value: Mapping[str, Json], tally: Tally) -> list[Shape]:
    """What the field's answer in this value offers; nothing when it was not answered.

    An answer from a time when the field was of another type cannot be read as this one: counted, not raised.
    """
    answer = value.get(field.name)
    if answer is None:
        return []
    try:
        return get_type(field.type).shapes(answer)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError):
        tally.lose(f'answer of field "{field.name}" from before its type changed')
        return []


def medium_of(item: ExportItem, field: Field) -> ExportMedia | None:
    """The medium that a field's shapes are drawn on."""
    if field.on is not None:
        return item.media.get(field.on)
    return next(iter(item.media.values()), None)


def soft_json(soft: SoftLabel) -> dict[str, Any]:
    """A soft label as our formats write it."""
    told = {
        "method": soft.method,
        "version": soft.version,
        "computed_at": soft.time,
        "answers": soft.answers,
        "probabilities": soft.probabilities,
        "votes": soft.votes,
    }
    return told if soft.groups is None else {**told, "groups": soft.groups}


def fields_beside(ontology: Ontology, kept: Iterable[Field]) -> list[str]:
    """A line of the loss report for every field that is not among `kept`."""
    names = {field.name for field in kept}
    return [f'field "{field.name}" ({field.type})' for field in ontology.fields if field.name not in names]


def attribute_losses(fields: Iterable[Field]) -> list[str]:
    """A line of the loss report for every class that has attributes."""
    return [
        f'attributes of class "{one["name"]}" in field "{field.name}"'
        for field in fields
        for one in field.items("classes")
        if one.get("attributes")
    ]


def lose_answers(item: ExportItem, kept: Iterable[Field], tally: Tally) -> None:
    """Count the answers of an item's final value that belong to fields which the format leaves out."""
    if item.final is None:
        tally.lose("item without a final answer")
        return
    names = {field.name for field in kept}
    for name in item.final.value:
        if name not in names:
            tally.lose(f'answer of field "{name}"')
