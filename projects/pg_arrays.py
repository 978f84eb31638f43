"""Columns as PostgreSQL's array literals: many rows in one parameter each, for ``unnest``.

The database reads them twice as fast as ``jsonb_to_recordset`` reads the same rows. Given lists, psycopg2
would write an expression for each value, which costs more than either.
"""

from collections.abc import Iterable, Sequence
from typing import cast

from formats.strictjson import dumps
from labeltypes.base import Json

PLAIN = {int, float, type(None)}


def numbers(values: Iterable[float | None]) -> str:
    """Integers or finite floats, to the bit."""
    given = list(values)
    if PLAIN.issuperset(map(type, given)):
        return "{" + dumps(given)[1:-1].decode() + "}"  # JSON's list and the array's literal look alike
    return _array([_number(value) for value in given])


def integers(array: str | None) -> list[int]:
    """An array of integers as the database writes it; NULL is an empty one."""
    return list(map(int, array[1:-1].split(","))) if array else []


def texts(values: Iterable[str | None]) -> str:
    """Any text, quoted."""
    given = list(values)
    if given and None not in given:
        joined = '","'.join(cast("list[str]", given))
        if "\\" not in joined and joined.count('"') == 2 * len(given) - 2:
            return f'{{"{joined}"}}'
    return _array([_text(value) for value in given])


def binaries(values: Iterable[bytes]) -> str:
    """Any bytes."""
    return _array([f'"\\\\x{value.hex()}"' for value in values])


def lists(values: Iterable[tuple[str, ...]]) -> str:
    """Each a list of texts, as an array literal of its own."""
    known: dict[tuple[str, ...], str] = {}  # the same classes come again and again
    elements = []
    for value in values:
        if value not in known:
            known[value] = _text(texts(value))
        elements.append(known[value])
    return _array(elements)


def documents(values: Sequence[Json]) -> str:
    """JSON; None is NULL, not a JSON null. What is the same object is written once."""
    names: dict[str, str] = {}
    objects: dict[int, str] = {}  # they live as long as ``values``
    elements = []
    for value in values:
        if type(value) is str:
            if value not in names:
                names[value] = _text(dumps(value).decode())
            elements.append(names[value])
        elif value is None:
            elements.append("NULL")
        else:
            if id(value) not in objects:
                objects[id(value)] = _text(dumps(value).decode())
            elements.append(objects[id(value)])
    return _array(elements)


def _array(elements: list[str]) -> str:
    return "{" + ",".join(elements) + "}"


def _number(value: float | None) -> str:
    if value is None:
        return "NULL"
    return repr(value) if type(value) is int else float.__repr__(value)


def _text(value: str | None) -> str:
    if value is None:
        return "NULL"
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
