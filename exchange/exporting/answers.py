"""Answers and reviews of a batch of tasks, read as rows: a model object for each costs more than its row."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from accounts.replica import reading
from annotate.versions import guideline_number, ontology_of
from exchange.exporting.names import Names
from formats.outgoing import ExportAnnotation, ExportReview
from formats.strictjson import Json
from formats.strictjson import stored as read

ANSWERS = """
SELECT a.task_id, a.id, a.user_id, a.value::text, a.updated_at, a.seconds, a.version,
    v.ontology_id, v.guideline_id
FROM annotate_annotation a
JOIN annotate_annotationversion v ON v.annotation_id = a.id AND v.version = a.version
WHERE a.task_id = ANY(%s::bigint[]) AND a.discarded_at IS NULL ORDER BY a.task_id, a.id
"""
REVIEWS = """
SELECT r.annotation_id, r.reviewer_id, r.verdict, r.created_at, r.code, r.comment, f.value::text
FROM annotate_review r LEFT JOIN annotate_annotation f ON f.id = r.fix_id
WHERE r.annotation_id = ANY(%s::bigint[]) AND r.undone_at IS NULL ORDER BY r.id
"""


class Answer(NamedTuple):
    """A row of ``ANSWERS``."""

    task: int
    id: int
    user: int
    value: str
    time: datetime
    seconds: float
    version: int
    ontology: int
    guideline: int | None


class Review(NamedTuple):
    """A row of ``REVIEWS``."""

    annotation: int
    reviewer: int
    verdict: str
    time: datetime
    code: str
    comment: str
    value: str | None


class Answers:
    """What people answered, as an export shows it. ``guidelines``: numbers of the versions met so far."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.guidelines: set[int] = set()

    def of(self, tasks: Sequence[int]) -> dict[int, list[ExportAnnotation]]:
        """By task, oldest first, in two statements."""
        rows = [Answer(*row) for row in _rows(ANSWERS, tasks)]
        reviews = self._reviews([row.id for row in rows])
        self.names.learn(row.user for row in rows)
        found: dict[int, list[ExportAnnotation]] = {}
        for row in rows:
            number = guideline_number(row.guideline)
            if number is not None:
                self.guidelines.add(number)
            annotation = ExportAnnotation(
                person=self.names.known[row.user],
                value=_object(row.value),
                time=row.time,
                seconds=row.seconds,
                ontology=ontology_of(row.ontology).version,
                guideline=number,
                version=row.version,
                reviews=reviews.get(row.id, ()),
            )
            found.setdefault(row.task, []).append(annotation)
        return found

    def _reviews(self, annotations: Sequence[int]) -> dict[int, tuple[ExportReview, ...]]:
        rows = [Review(*row) for row in _rows(REVIEWS, annotations)]
        self.names.learn(row.reviewer for row in rows)
        found: dict[int, tuple[ExportReview, ...]] = {}
        for row in rows:
            review = ExportReview(
                reviewer=self.names.known[row.reviewer],
                verdict=row.verdict,
                time=row.time,
                code=row.code or None,
                comment=row.comment or None,
                value=None if row.value is None else _object(row.value),
            )
            found[row.annotation] = (*found.get(row.annotation, ()), review)
        return found


def _rows(statement: str, ids: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    if not ids:
        return
    with reading().cursor() as cursor:
        cursor.execute(statement, ["{" + ",".join(map(str, ids)) + "}"])
        yield from cursor.fetchall()


def _object(text: str) -> dict[str, Json]:
    value = read(text)
    return value if isinstance(value, dict) else {}
