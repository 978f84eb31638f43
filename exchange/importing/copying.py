"""Rows as COPY reads them, and the numbers that their tasks will have."""

import io
from collections.abc import Iterable, Sequence

from django.db import connection

from exchange.importing.rows import Ready
from formats.strictjson import dumps

NULL = r"\N"
BUFFER = 256 * 1024

# The sequence is looked up once, not once a row.
DRAW = """
WITH own AS MATERIALIZED (SELECT pg_get_serial_sequence('projects_task', 'id')::regclass AS sequence),
drawn AS MATERIALIZED (SELECT nextval((SELECT sequence FROM own)) AS id FROM generate_series(1, %s))
SELECT min(id), max(id), CASE WHEN max(id) - min(id) >= count(*) THEN array_agg(id) END FROM drawn
"""


def draw_ids(count: int) -> Sequence[int]:
    """So many numbers for new tasks, rising; a plain range unless others drew at the same moment."""
    with connection.cursor() as cursor:
        cursor.execute(DRAW, [count])
        first, last, all_of_them = cursor.fetchone()
    return range(first, last + 1) if all_of_them is None else sorted(all_of_them)


def copy_rows(table: str, columns: Sequence[str], lines: Iterable[str]) -> None:
    """COPY lines into a table of ours. Raises Django's database errors."""
    content = io.BytesIO("".join(lines).encode())
    with connection.cursor() as cursor, connection.wrap_database_errors:  # which Django does for execute only
        cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN", content, BUFFER)


def cells(row: Ready) -> str:
    """External id, data and meta of a row."""
    external_id = NULL if row.external_id is None else escape(row.external_id)
    return f"{external_id}\t{as_json(row.data)}\t{as_json(row.meta) if row.meta else '{}'}"


def as_json(value: object) -> str:
    """A value as jsonb reads it."""
    return dumps(value).decode().replace("\\", "\\\\")


def escape(text: str) -> str:
    """Text as it stands in a line of COPY."""
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")


def array_of(ids: Sequence[int]) -> str:
    """An array as one literal: the database reads it faster than five thousand constants."""
    return "{" + ",".join(map(str, ids)) + "}"


def text_array_of(texts: Sequence[str]) -> str:
    """The same for texts."""
    quoted = (text.replace("\\", "\\\\").replace('"', '\\"') for text in texts)
    return "{" + ",".join(f'"{text}"' for text in quoted) + "}"
