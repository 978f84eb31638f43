"""The three things a caller does with an uploaded file: recognize it, look at its first rows, read it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from formats.incoming import (
    ColumnMapping,
    FormatError,
    Imported,
    Preview,
    Reader,
    ReadOptions,
    Record,
    Refused,
)
from formats.readers.encodings import head_of
from formats.readers.mapping import check_mapping, suggest, to_items
from formats.registry import readers
from formats.strictjson import Json, dumps

CELL_CHARS = 300


def sniff(name: str, head: bytes) -> Reader | None:
    """The format of a file of this name that begins with these bytes; content is asked before the name."""
    found = [reader for reader in readers().values() if reader.sniff(name, head)]
    return found[0] if found else None


def preview(path: Path, options: ReadOptions, limit: int = 20) -> Preview:
    """The first `limit` rows and the problems met on the way. Raises FormatError only for wrong options."""
    reader = _reader(path, options)
    records = list(islice(reader.records(path, options), limit))
    good = [record for record in records if isinstance(record, Record)]
    columns = tuple(dict.fromkeys(column for record in good for column in record.cells))
    return Preview(
        format=reader.name,
        columns=columns,
        rows=tuple(tuple(_shown(record.cells.get(column)) for column in columns) for record in good),
        problems=tuple(record for record in records if isinstance(record, Refused)),
        dialect=reader.dialect(path, options),
        native=bool(good) and all(record.native for record in good),
        suggested=None if not good or good[0].native else suggest(columns),
    )


def read(path: Path, mapping: ColumnMapping | None, options: ReadOptions) -> Iterator[Imported | Refused]:
    """All items of a file, streamed. Raises FormatError at once for a wrong mapping or option, nothing
    later."""
    if mapping is not None:
        check_mapping(mapping)
    reader = _reader(path, options)
    reader.dialect(path, options)
    return to_items(reader.records(path, options), mapping, options)


def read_items(items: Iterable[Json], options: ReadOptions | None = None) -> Iterator[Imported | Refused]:
    """Items in our own shape that are parsed already (the body of a REST call). Rows count from 1."""
    records = (
        Record(row, item, native=True) if isinstance(item, dict) else Refused(row, "", "must be an object")
        for row, item in enumerate(items, start=1)
    )
    return to_items(records, None, options or ReadOptions())


def _reader(path: Path, options: ReadOptions) -> Reader:
    if options.format is None:
        found = sniff(path.name, head_of(path))
        if found is None:
            raise FormatError(f"the format of {path.name!r} is not known; known: {', '.join(readers())}")
        return found
    if options.format not in readers():
        raise FormatError(f"unknown format {options.format!r}; known: {', '.join(readers())}")
    return readers()[options.format]


def _shown(value: Json) -> str:
    text = "" if value is None else value if isinstance(value, str) else dumps(value).decode()
    return text if len(text) <= CELL_CHARS else text[:CELL_CHARS] + "…"
