"""Columns as PostgreSQL's array literals: many rows in one parameter each, for ``unnest``.

The database reads them twice as fast as ``jsonb_to_recordset`` reads the same rows. Given lists, psycopg2
would write an expression for each value, which costs more than either.
"""

from collections.abc import Iterable

from formats.strictjson import dumps
from labeltypes.base import Json


def numbers(values: Iterable[float | None]) -> str:
    """Integers or finite floats, to the bit."""
    return _array([_number(value) for value in values])


def texts(values: Iterable[str | None]) -> str:
    """Any text, quoted."""
    return _array([_text(value) for value in values])


def documents(values: Iterable[Json]) -> str:
    """JSON; None is NULL, not a JSON null."""
    known: dict[str, str] = {}  # names come again and again
    elements = []
    for value in values:
        if type(value) is str:
            if value not in known:
                known[value] = _text(dumps(value).decode())
            elements.append(known[value])
        else:
            elements.append("NULL" if value is None else _text(dumps(value).decode()))
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
