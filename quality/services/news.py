"""Which results say what the database does not: read without a lock, so that a run writes only these.

A full run over a million tasks changes few of them, and to lock a row is to write it. What changes between
this look and the writing is news by itself: its task is marked and judged again soon.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from formats.strictjson import dumps, stored
from labeltypes.base import Json
from projects.models import AnswerSource, Project, TaskState
from quality.services.inference import METHOD_VERSION
from quality.services.merging import TaskResult
from quality.services.stopping import rule_of

BY_PEOPLE = {AnswerSource.REVIEW, AnswerSource.ADJUDICATION}
SUMMARIES = """
SELECT task_id, state, source, agreement, probability, value::text, classes
FROM projects_tasksummary WHERE project_id = %s AND task_id = ANY(%s)
"""
FIGURES = """
SELECT task_id, field, probability, agreement, method, answers, version, value::text
FROM quality_consensus WHERE task_id = ANY(%s)
"""
# Long, so only of those in which nothing else is new.
DISTRIBUTIONS = """
SELECT task_id, field, majority::text, distribution::text FROM quality_consensus WHERE task_id = ANY(%s)
"""


def with_news(project: Project, results: Sequence[TaskResult]) -> list[TaskResult]:
    """Those that ``write_results`` would write anything for, and some others; all under dynamic overlap."""
    if rule_of(project) is not None:
        return list(results)
    texts = _Texts()
    left = results
    news: set[int] = set()
    for look in (_of_summaries, _of_figures, _of_distributions):
        news |= look(project, left, texts)
        left = [each for each in left if each.task_id not in news]
    return [each for each in results if each.task_id in news]


class _Texts:
    """JSON in one form for all that mean the same; each text is read once."""

    def __init__(self) -> None:
        self._known: dict[str | None, bytes | None] = {None: None}

    def differs(self, text: str | None, value: Json) -> bool:
        """Whether a column holds something else than this value would become; None is NULL."""
        if text is not None and text not in self._known:
            self._known[text] = dumps(stored(text), in_order=True)
        return self._known[text] != (None if value is None else dumps(value, in_order=True))


def _rows(statement: str, *values: int | list[int]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def _of_summaries(project: Project, results: Sequence[TaskResult], texts: _Texts) -> set[int]:
    """Tasks whose summary would change, be it its state."""
    wanted = {each.task_id: each for each in results}
    news = set()
    for task_id, state, source, agreement, probability, value, classes in _rows(
        SUMMARIES, project.pk, list(wanted)
    ):
        result = wanted[task_id]
        if (agreement, probability) != (result.agreement, result.probability):
            news.add(task_id)
        elif source not in BY_PEOPLE:
            is_low = agreement is not None and agreement < project.review_below_agreement
            if (
                texts.differs(value, result.value)
                or tuple(classes) != result.classes
                or source != (AnswerSource.NONE if result.value is None else AnswerSource.CONSENSUS)
                or (is_low and state in {TaskState.ANSWERED, TaskState.DONE})
            ):
                news.add(task_id)
        if state == TaskState.ANSWERED and result.value is not None:
            news.add(task_id)
    return news


def _of_figures(_: Project, results: Sequence[TaskResult], texts: _Texts) -> set[int]:
    """Tasks of which a field came to something else, or that have other fields."""
    wanted = {(each.task_id, field.field): field for each in results for field in each.fields}
    news = set()
    seen = set()
    for task_id, name, *figures, value in _rows(FIGURES, _ids(results)):
        field = wanted.get((task_id, name))
        seen.add((task_id, name))
        if (
            field is None
            or figures != [field.probability, field.agreement, field.method, field.answers, METHOD_VERSION]
            or texts.differs(value, field.value)
        ):
            news.add(task_id)
    news.update(task_id for task_id, _ in wanted.keys() - seen)
    return news


def _of_distributions(_: Project, results: Sequence[TaskResult], texts: _Texts) -> set[int]:
    """Tasks of which a probability of any code differs, or the majority."""
    wanted = {(each.task_id, field.field): field for each in results for field in each.fields}
    return {
        task_id
        for task_id, name, majority, distribution in _rows(DISTRIBUTIONS, _ids(results))
        if (field := wanted.get((task_id, name))) is None
        or stored(distribution) != field.distribution
        or texts.differs(majority, field.majority)
    }


def _ids(results: Iterable[TaskResult]) -> list[int]:
    return [each.task_id for each in results]
