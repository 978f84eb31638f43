"""What a job leaves to download."""

import csv
import io
from collections.abc import Iterator

from projects.models import Job

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def error_report(job: Job) -> Iterator[bytes]:
    """The refused rows as CSV, streamed; cells that a spreadsheet would run get an apostrophe before them."""
    yield _line(["row", "path", "message"])
    rows = job.errors.order_by("row", "pk").values_list("row", "path", "message")
    for row, path, message in rows.iterator(chunk_size=2000):
        yield _line([str(row), _safe(path), _safe(message)])


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text


def _line(cells: list[str]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(cells)
    return buffer.getvalue().encode()
