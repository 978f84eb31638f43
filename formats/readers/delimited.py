"""CSV and TSV: RFC 4180 as the csv module reads it, with every row counted, bounded and decoded on its
own."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from formats.incoming import FormatError, ReadOptions, Record, Refused
from formats.readers.encodings import EncodingProblem, detect, head_of, utf8_pieces
from formats.readers.lines import Line, bounded_lines

DELIMITERS = (",", ";", "\t", "|")
FIELD_CHARS = 16 * 1024 * 1024

# The csv module keeps one limit per process; rows are bounded by us before it sees them.
csv.field_size_limit(FIELD_CHARS)


class _TooLong(Exception):
    """A line or a row is longer than allowed."""


@dataclass
class _Feed:
    """Decoded lines for the csv module; remembers what was wrong with the row it is reading."""

    lines: Iterator[Line]
    limit: int
    first: int = 0
    last: int = 0
    length: int = 0
    problem: str = ""
    ended: bool = field(default=False)

    def start_row(self) -> None:
        self.first, self.length, self.problem = 0, 0, ""

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        try:
            line = next(self.lines)
        except StopIteration:
            self.ended = True
            raise
        self.first = self.first or line.number
        self.last = line.number
        if line.content is None:
            raise _TooLong
        self.length += len(line.content)
        if self.length > self.limit:
            raise _TooLong
        return self._decode(line, line.content)

    def _decode(self, line: Line, content: bytes) -> str:
        try:
            text = content.decode()
        except UnicodeDecodeError as error:
            self.problem = (
                f"byte {line.offset + error.start:,} (line {line.number}) is not valid UTF-8; "
                "choose the encoding the file was saved in"
            )
            text = content.decode(errors="replace")
        if "\0" in text:
            self.problem = self.problem or f"line {line.number} contains a NUL character"
        return text


class DelimitedReader:
    """Reads tables of text. The delimiter is found out among comma, semicolon, tab and bar unless chosen."""

    def __init__(self, name: str, title: str, extensions: tuple[str, ...], delimiter: str | None) -> None:
        self.name = name
        self.title = title
        self.extensions = extensions
        self._delimiter = delimiter

    def sniff(self, name: str, head: bytes) -> bool:
        """By the ending of the name: any text at all could be a table."""
        return name.lower().endswith(self.extensions) and not head.startswith(b"PK\x03\x04")

    def dialect(self, path: Path, options: ReadOptions) -> Mapping[str, str]:
        """Encoding, delimiter and whether the first row is a header."""
        head = head_of(path)
        return {
            "encoding": detect(head, options.encoding),
            "delimiter": self._choose(path, options),
            "header": "yes" if options.header else "no",
        }

    def records(self, path: Path, options: ReadOptions) -> Iterator[Record | Refused]:
        """Rows as cells by column name."""
        columns: list[str] = []
        row = 0
        try:
            for number, cells in self._rows(path, options):
                is_header = not columns and isinstance(cells, list)
                if not columns and isinstance(cells, list):
                    columns, problem = _header(cells, options)
                    if problem:
                        yield Refused(0, "", problem, fatal=True)
                        return
                if not (is_header and options.header):
                    row += bool(columns)
                    found = _record(row, number, columns, cells)
                    yield found
                    if isinstance(found, Refused) and found.fatal:
                        return
        except EncodingProblem as problem_:
            yield Refused(row + bool(columns), "", str(problem_), fatal=True)
            return
        if not columns:
            yield Refused(0, "", "the file is empty", fatal=True)

    def _rows(self, path: Path, options: ReadOptions) -> Iterator[tuple[int, list[str] | str]]:
        """(first line, cells) or (first line, refusal); a negative line means that reading ended there."""
        delimiter = self._choose(path, options)
        pieces = utf8_pieces(path, options.encoding)
        head = head_of(path)
        terminator = b"\r" if b"\r" in head and b"\n" not in head else b"\n"
        limit = min(options.limits.item_bytes, FIELD_CHARS)
        feed = _Feed(bounded_lines(pieces, limit, terminator), limit)
        reader = csv.reader(feed, delimiter=delimiter, strict=True)
        while not feed.ended:
            feed.start_row()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except _TooLong:
                fatal = feed.last > feed.first
                words = f"line {feed.first}: longer than {limit:,} bytes"
                hint = "; a quote may be opened there and never closed; reading stopped" if fatal else ""
                yield (-feed.first if fatal else feed.first), words + hint
                if fatal:
                    return
                reader = csv.reader(feed, delimiter=delimiter, strict=True)
                continue
            except csv.Error as error:
                yield feed.first, f"{_lines(feed)}: {_explain(str(error))}"
                reader = csv.reader(feed, delimiter=delimiter, strict=True)
                continue
            if feed.problem:
                yield feed.first, feed.problem
            elif cells:
                yield feed.first, cells

    def _choose(self, path: Path, options: ReadOptions) -> str:
        if options.delimiter is not None:
            if len(options.delimiter) != 1 or options.delimiter in '"\r\n\0':
                raise FormatError("a delimiter is one character, not a quote and not a line end")
            return options.delimiter
        return self._delimiter or guess_delimiter(_head_text(path, options))


def guess_delimiter(text: str) -> str:
    """The delimiter that splits the first rows into the most columns of the most regular count; comma if
    none."""
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        widths = Counter[int]()
        try:
            for count, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)):
                if count == 50:
                    break
                widths[len(cells)] += 1
        except csv.Error:
            continue
        width, rows = widths.most_common(1)[0] if widths else (1, 0)
        score = rows / max(1, widths.total()) * min(width, 10) if width > 1 else 0.0
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _head_text(path: Path, options: ReadOptions) -> str:
    try:
        piece = next(utf8_pieces(path, options.encoding), b"")[:65536]
    except EncodingProblem:
        return ""
    text = piece.decode(errors="replace").replace("\0", "")
    cut = text.rfind("\n")
    return text[: cut + 1] if cut > 0 else text


def _header(cells: list[str], options: ReadOptions) -> tuple[list[str], str]:
    """Column names, and what is wrong with them."""
    if len(cells) > options.limits.columns:
        return [], f"has {len(cells):,} columns, more than the {options.limits.columns:,} allowed"
    if not options.header:
        return [f"column_{index}" for index in range(1, len(cells) + 1)], ""
    names = [cell.strip() or f"column_{index}" for index, cell in enumerate(cells, start=1)]
    seen: dict[str, int] = {}
    for index, name in enumerate(names, start=1):
        if name in seen:
            return [], f'columns {seen[name]} and {index} are both called "{name[:100]}"'
        seen[name] = index
    return names, ""


def _record(row: int, line: int, columns: list[str], cells: list[str] | str) -> Record | Refused:
    """A row, or why it is refused; without columns the header itself was, and nothing can follow."""
    if isinstance(cells, str):
        return Refused(row, "", cells, fatal=line < 0 or not columns)
    if len(cells) != len(columns):
        return Refused(row, "", f"line {line}: has {len(cells)} cells, the first row has {len(columns)}")
    return Record(row, dict(zip(columns, cells, strict=True)), table=True, bytes=sum(map(len, cells)))


def _lines(feed: _Feed) -> str:
    return f"line {feed.first}" if feed.first == feed.last else f"lines {feed.first} to {feed.last}"


def _explain(message: str) -> str:
    if "expected after" in message:
        return "text follows a closing quote; a quote inside a quoted cell is written twice"
    if "unexpected end of data" in message:
        return "a quote is opened and never closed"
    if "new-line" in message:
        return "a lone carriage return outside quotes"
    return message
