"""What a job leaves to download."""

import csv
import io
from collections.abc import Iterable, Iterator

from django.db.models import Q

from projects.models import Job

AT_ONCE = 2_000
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def error_report(job: Job) -> Iterator[bytes]:
    """The refused rows as CSV, streamed; cells that a spreadsheet would run get an apostrophe before them."""
    yield _line(["row", "path", "message"])
    after = (-1, 0)
    # In parts, each a query of its own: nothing stays open in the database while a slow client reads.
    while rows := list(_part(job, *after)):
        for _, row, path, message in rows:
            yield _line([str(row), _safe(path), _safe(message)])
        after = (rows[-1][1], rows[-1][0])


def _part(job: Job, row: int, pk: int) -> Iterable[tuple[int, int, str, str]]:
    further = job.errors.filter(Q(row__gt=row) | Q(row=row, pk__gt=pk))
    return further.order_by("row", "pk").values_list("pk", "row", "path", "message")[:AT_ONCE]


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text


def _line(cells: list[str]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(cells)
    return buffer.getvalue().encode()
