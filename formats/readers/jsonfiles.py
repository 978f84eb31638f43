"""JSON (an array, or {"items": [...]}) and JSON Lines. An item is in our own shape, or a flat object of
columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from formats.incoming import ReadOptions, Record, Refused
from formats.readers.encodings import EncodingProblem, detect, head_of, utf8_pieces
from formats.readers.jsonstream import ItemSplitter, StreamProblem
from formats.readers.lines import bounded_lines
from formats.strictjson import JsonProblem, loads


class JsonReader:
    """A JSON document, item by item: memory for one item, however long the array is."""

    name = "json"
    title = "JSON"
    extensions: tuple[str, ...] = (".json",)

    def sniff(self, name: str, head: bytes) -> bool:
        """By name, or by an opening bracket that begins an array."""
        return name.lower().endswith(self.extensions) or (_no_known_name(name) and head.lstrip()[:1] == b"[")

    def dialect(self, path: Path, options: ReadOptions) -> Mapping[str, str]:
        """The encoding."""
        return {"encoding": detect(head_of(path, 4), options.encoding)}

    def records(self, path: Path, options: ReadOptions) -> Iterator[Record | Refused]:
        """Items of the array."""
        row = 0
        try:
            splitter = ItemSplitter(utf8_pieces(path, options.encoding), options.limits.item_bytes)
            for content in splitter.items():
                row += 1
                yield _record(row, content, options)
        except (StreamProblem, EncodingProblem) as problem:
            broken_item = "inside this item" in str(problem) or isinstance(problem, EncodingProblem)
            yield Refused(row + 1 if broken_item else row, "", str(problem), fatal=True)


class JsonLinesReader:
    """One JSON object a line."""

    name = "jsonl"
    title = "JSON Lines"
    extensions: tuple[str, ...] = (".jsonl", ".ndjson", ".jsonlines")

    def sniff(self, name: str, head: bytes) -> bool:
        """By name, or by an opening brace."""
        return name.lower().endswith(self.extensions) or (_no_known_name(name) and head.lstrip()[:1] == b"{")

    def dialect(self, path: Path, options: ReadOptions) -> Mapping[str, str]:
        """The encoding."""
        return {"encoding": detect(head_of(path, 4), options.encoding)}

    def records(self, path: Path, options: ReadOptions) -> Iterator[Record | Refused]:
        """Lines that are not blank."""
        row = 0
        try:
            for line in bounded_lines(utf8_pieces(path, options.encoding), options.limits.item_bytes):
                if line.content is None or line.content.strip():
                    row += 1
                    yield _record(row, line.content, options)
        except EncodingProblem as problem:
            yield Refused(row + 1, "", str(problem), fatal=True)
            return
        if not row:
            yield Refused(0, "", "the file is empty", fatal=True)


def _record(row: int, content: bytes | None, options: ReadOptions) -> Record | Refused:
    if content is None:
        return Refused(row, "", f"longer than {options.limits.item_bytes:,} bytes")
    try:
        value = loads(content.lstrip(), max_depth=options.limits.json_depth)
    except JsonProblem as problem:
        return Refused(row, problem.path, problem.message)
    if not isinstance(value, dict):
        return Refused(row, "", "must be an object")
    return Record(row, value, native=isinstance(value.get("data"), dict), bytes=len(content))


def _no_known_name(name: str) -> bool:
    return "." not in name or name.lower().endswith((".txt", ".data"))
