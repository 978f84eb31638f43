"""CSV files of crowd answers, with errors that name file and row."""

import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

WHOLE = re.compile(r"-?[0-9]+(\.0+)?")


class BadSet(ValueError):
    """What is wrong with a folder, with file and row."""


def columns_of(path: Path) -> tuple[str, ...]:
    """The names in the first line; raises BadSet if the file cannot be read."""
    with _opened(path) as file:
        return tuple(name.strip() for name in next(csv.reader(file), ()))


def rows_of(path: Path, columns: tuple[str, ...], *, optional: tuple[str, ...] = ()) -> list[list[str]]:
    """The values of these columns; raises BadSet for a missing column or an empty value.

    Blanks around values and names of columns say nothing. ``optional`` columns may be absent, or empty:
    then "".
    """
    header = columns_of(path)
    missing = [name for name in columns if name not in header]
    if missing:
        message = f"{path}: no column {missing[0]!r}"
        raise BadSet(message)
    found = []
    with _opened(path) as file:
        reader = csv.DictReader(file, fieldnames=header)
        next(reader, None)
        for row in reader:
            values = [(row[name] or "").strip() for name in columns]
            if not all(values):
                message = f"{path}:{reader.line_num}: an empty value"
                raise BadSet(message)
            found.append(values + [(row.get(name) or "").strip() for name in optional])
    return found


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    """The file, whose faults are a BadSet: not there, not UTF-8, not CSV."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield file
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        message = f"{path}: {error}"
        raise BadSet(message) from error


def codes_of(names: list[str]) -> tuple[dict[str, int], list[int]]:
    """Sorted names as codes, and the code of each entry."""
    places = {name: place for place, name in enumerate(sorted(set(names)))}
    return places, [places[name] for name in names]


def classes_of(names: list[str]) -> list[str]:
    """The names of classes; if all are whole numbers, "1.0" is "1": programs write either."""
    if not all(WHOLE.fullmatch(name) for name in names):
        return names
    return [name.partition(".")[0] for name in names]


def number_of(text: str, path: Path, row: int) -> float:
    """A finite number; raises BadSet otherwise."""
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if value - value != 0:  # NaN or infinite
        message = f"{path}:{row + 2}: {text!r} is no number"
        raise BadSet(message)
    return value
