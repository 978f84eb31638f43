"""What readers give and take: options, mappings of columns, items, refusals, previews."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Literal, Protocol

from formats.limits import DEFAULT_LIMITS, Limits
from formats.strictjson import Json

TargetKind = Literal["data", "id", "meta", "gold", "prediction", "ignore"]
FinalAs = Literal["ignore", "gold", "prediction"]


class FormatError(ValueError):
    """The caller asked for something impossible: an unknown format, option or mapping. Never raised by
    content."""


@dataclass(frozen=True)
class Target:
    """Where one column goes. `name`: the data key, meta key, or field of a gold answer or prediction; empty
    for id and ignore.

    `json`: the cell is JSON text (a list of choices, a number), not the text itself.
    """

    kind: TargetKind
    name: str = ""
    json: bool = False


@dataclass(frozen=True)
class ColumnMapping:
    """Column name → target. Columns that are not named are ignored."""

    columns: Mapping[str, Target]


@dataclass(frozen=True)
class ReadOptions:
    """How to read a file. None means: find out. `header=False` names columns column_1, column_2, …

    `text_key`, `image_key`, `audio_key`: the data key that members of an archive fill.
    `final_as`: what becomes of the final answers in an export of our own format.
    """

    format: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    header: bool = True
    text_key: str = "text"
    image_key: str = "image"
    audio_key: str = "audio"
    final_as: FinalAs = "ignore"
    limits: Limits = DEFAULT_LIMITS


@dataclass(frozen=True)
class FileMember:
    """A file inside an archive that belongs to the data key `key`.

    `open()` gives a stream that ends with `MemberProblem` when the member turns out larger than allowed.
    """

    key: str
    name: str
    size: int
    open: Callable[[], BinaryIO]


class MemberProblem(ValueError):
    """A member of an archive cannot be read: too large, broken, lying about its size."""


@dataclass(slots=True)  # made a million times: to freeze one costs more than to fill it
class Imported:
    """One good item. `row` counts items from 1 in file order (a header line is not counted). `bytes`: about
    how much memory it holds, going by its size in the file."""

    row: int
    external_id: str | None
    data: dict[str, Json]
    meta: dict[str, Json] = field(default_factory=dict)
    gold: Json = None
    gold_accepted: tuple[Json, ...] = ()
    predictions: tuple[dict[str, Json], ...] = ()
    files: tuple[FileMember, ...] = ()
    bytes: int = 0

    @property
    def has_answers(self) -> bool:
        """Whether gold or predictions come with it."""
        return bool(self.gold is not None or self.gold_accepted or self.predictions)


@dataclass(frozen=True)
class Refused:
    """One item that cannot be taken. `row` 0: the file as a whole. `path`: a column, JSON path or member
    name.

    `fatal`: nothing after this row could be read.
    """

    row: int
    path: str
    message: str
    fatal: bool = False


@dataclass(slots=True)
class Record:
    """One row before mapping: named cells, or an item in our own shape (`native`).

    `table`: every row of the file has the same columns, so that a missing one is a mistake in the mapping.
    `bytes`: its size in the file.
    """

    row: int
    cells: dict[str, Json]
    native: bool = False
    table: bool = False
    files: tuple[FileMember, ...] = ()
    bytes: int = 0


@dataclass(frozen=True)
class Preview:
    """The first rows, as text cut to a readable length. `native`: items of our own shape, no mapping
    needed."""

    format: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    problems: tuple[Refused, ...]
    dialect: Mapping[str, str]
    native: bool = False
    suggested: ColumnMapping | None = None


class Reader(Protocol):
    """One import format."""

    name: str
    title: str
    extensions: tuple[str, ...]

    def sniff(self, name: str, head: bytes) -> bool:
        """Whether a file of this name that begins with these bytes is of this format."""

    def records(self, path: Path, options: ReadOptions) -> Iterator[Record | Refused]:
        """Rows in file order, with flat memory. Content never raises; it is refused."""

    def dialect(self, path: Path, options: ReadOptions) -> Mapping[str, str]:
        """What was found out about the file: encoding, delimiter and the like, for people to check."""
