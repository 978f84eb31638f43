"""CoNLL: one token a line with its IOB2 tag. Described in docs/formats/conll.md."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from typing import ClassVar

from formats.incoming import FormatError
from formats.outgoing import ExportContext, ExportItem, Tally, WriteOptions
from formats.writers.base import (
    Writer,
    attribute_losses,
    fields_beside,
    lose_answers,
    medium_of,
    region_fields,
    shapes_of,
)
from formats.writers.tokens import Token, sentences
from labeltypes.base import Field, Shape
from labeltypes.ontology import Ontology

_SPACE = re.compile(r"\s+")


class ConllWriter(Writer):
    """The spans of one field. Where spans overlap the longest is kept; the others are counted as lost."""

    name: ClassVar[str] = "conll"
    title: ClassVar[str] = "CoNLL (IOB2)"
    extension: ClassVar[str] = ".conll"
    media_type: ClassVar[str] = "text/plain; charset=utf-8"

    def losses(self, ontology: Ontology) -> list[str]:
        """Every field but one, overlaps, attributes, ids, white space."""
        fields = region_fields(ontology, "text")[:1]
        return [
            *fields_beside(ontology, fields),
            *attribute_losses(fields),
            "overlapping spans: the longest is kept",
            "spans that begin or end inside a token: they grow to whole tokens",
            "white space, external ids, metadata, and who answered (only final answers are written)",
        ]

    def refusal(self, ontology: Ontology, options: WriteOptions) -> str:
        """There must be spans in a text, in the field that was named if one was."""
        try:
            _choose(ontology, options.field)
        except FormatError as error:
            return str(error)
        return ""

    def pieces(self, items: Iterable[ExportItem], context: ExportContext, tally: Tally) -> Iterator[bytes]:
        """A block of lines for every line of every text, and a blank line after each."""
        fields = [_choose(context.ontology, context.options.field)]
        columns = context.options.columns
        if columns not in (2, 4):
            raise FormatError("CoNLL lines have 2 or 4 columns")
        middle = " _ _ " if columns == 4 else "\t"
        for item in items:
            tally.count(item)
            lose_answers(item, fields, tally)
            yield _document(item, fields[0], middle, tally).encode()


def _choose(ontology: Ontology, wanted: str | None) -> Field:
    for field in region_fields(ontology, "text"):
        if wanted in (None, field.name):
            return field
    if wanted is not None:
        raise FormatError(f'"{wanted}" is not a field of spans in text')
    raise FormatError("the ontology has no field of spans in text")


def _document(item: ExportItem, field: Field, middle: str, tally: Tally) -> str:
    medium = medium_of(item, field)
    if medium is None or medium.text is None:
        tally.lose("item without a text")
        return ""
    text = medium.text
    blocks = list(sentences(text))
    tokens = [token for block in blocks for token in block]
    shapes = shapes_of(field, item.final.value, tally) if item.final else []
    tags = _tags(tokens, shapes, tally)
    lines: list[str] = []
    at = 0
    for block in blocks:
        for position, token in enumerate(block):
            tag = tags[at]
            # A span that runs over a line break goes on as a new one: no tag may continue across a blank
            # line.
            lines.append(text[token.start : token.end] + middle + (_begin(tag) if position == 0 else tag))
            at += 1
        lines.append("")
    return "\n".join(lines) + "\n" if lines else ""


def _tags(tokens: list[Token], shapes: list[Shape], tally: Tally) -> list[str]:
    tags = ["O"] * len(tokens)
    starts, ends = [token.start for token in tokens], [token.end for token in tokens]
    for shape in sorted(shapes, key=lambda one: (one.coords[0] - one.coords[-1], one.coords[0])):
        if shape.kind != "span":
            tally.lose(f"region of shape {shape.kind}")
            continue
        start, end = int(shape.coords[0]), int(shape.coords[1])
        first, last = bisect_right(ends, start), bisect_left(starts, end)
        tally.lose("attribute of a region", len(shape.attributes))
        if first >= last:
            tally.lose("span without any token (white space only)")
        elif any(tag != "O" for tag in tags[first:last]):
            tally.lose("span that overlaps a longer one")
        else:
            if starts[first] < start or ends[last - 1] > end:
                tally.lose("exact limits of a span that cuts a token (it was grown)")
            name = _SPACE.sub("_", shape.cls)
            tags[first:last] = [f"B-{name}", *[f"I-{name}"] * (last - first - 1)]
    return tags


def _begin(tag: str) -> str:
    return f"B-{tag[2:]}" if tag.startswith("I-") else tag
