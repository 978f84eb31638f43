"""Where the filters of a view find tasks: among items, answers or summaries, each by an index of its own.

A source gives all ids that its filters let through, or, of ids that another gave, those that it lets
through too. The second costs about a microsecond an id, whatever the database believes: no statistics, stale
or of columns that go together, can make a product of two sets of it. That is why the condition on the ids
stands behind ``OFFSET 0``: the planner does not look through it for an index of something else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL

from annotate.services.experts import waiting_for_experts
from annotate.task_list import counts
from annotate.task_list.filters import answers_of, asks_items, expected, items_of, known_of, late_of
from annotate.task_list.views import View
from projects.models import Project

Sql = tuple[str, Sequence[Any]]
# To read an item by its filter's index, or one of somebody's answers, costs a third of looking one up.
CHEAPER = 3


@dataclass
class Source:
    """All that its filters let through. ``ids``: what finds them."""

    ids: QuerySet[Any, Any]
    weight: ClassVar[int] = CHEAPER  # where the items have to be looked up for it

    @cached_property
    def expected(self) -> int:
        """How many the planner expects."""
        return expected(self.ids)

    def everything(self) -> Sql:
        """All ids."""
        return self.ids.query.sql_with_params()

    def among(self, ids: str, expected: int) -> Sql:
        """Those of the ids in this array of SQL, of which so many are expected, that are let through: all."""
        return f"SELECT given.id FROM unnest({ids}) AS given(id)", []  # noqa: S608 - a name of ours


@dataclass
class Items(Source):
    """Words and metadata."""

    weight = 1

    def among(self, ids: str, expected: int) -> Sql:
        sql, values = self.everything()
        return f"{among('projects_task', 'id', ids)} {sql}", values


@dataclass
class Work(Source):
    """What somebody answered, what came late, or what waits for an expert."""

    rows: QuerySet[Any]

    def among(self, ids: str, expected: int) -> Sql:
        given = f"SELECT given.id FROM unnest({ids}) AS given(id) WHERE"  # noqa: S608 - a name of ours
        if self.expected <= min(CHEAPER * expected, counts.MOST_READ):  # a hash that fits into 4 MB
            sql, values = self.everything()
            return f"{given} {hashed('given.id', sql)}", values
        sql, values = self.rows.filter(self._of_given).values("pk").query.sql_with_params()
        return f"{given} EXISTS ({sql} OFFSET 0)", values

    @property
    def _of_given(self) -> RawSQL:
        condition = f'"{self.rows.model._meta.db_table}"."task_id" = given.id'
        return RawSQL(condition, [], BooleanField())  # noqa: S611 - a name of ours


@dataclass
class Known(Source):
    """States, classes and figures. Statements read these of all that is left in the end: not here."""


def among(table: str, key: str, ids: str) -> str:
    """What stands before a statement so that of this table it sees the rows with these ids alone."""
    rows = f'SELECT * FROM "{table}" WHERE "{key}" = ANY({ids}) OFFSET 0'  # noqa: S608 - names of ours
    return f'WITH "{table}" AS NOT MATERIALIZED ({rows})'


def hashed(key: str, rows: str) -> str:
    """That the key is among these rows: looked up in a hash of all, as ``IS TRUE`` lets nothing be joined."""
    return f"({key} IN ({rows})) IS TRUE"


def sources_of(project: Project, view: View) -> list[Source]:
    """The sources of a view that narrows anything; at the head the one from which the others cost least."""
    found: list[Source] = []
    if asks_items(view):
        found.append(Items(items_of(project, view).order_by().values("pk")))
    if view.person is not None:
        found.append(_work(answers_of(project, view)))
    if view.late:
        found.append(_work(late_of(project)))
    if view.experts:
        found.append(_work(waiting_for_experts(project.pk)))
    if view.state or view.class_name or view.ranges:
        found.append(Known(known_of(project, view).order_by().values("task_id")))
    return sorted(found, key=_cost) if len(found) > 1 else found


def _cost(source: Source) -> tuple[bool, bool, int]:
    """First what is counted, then what is read to its end, then by the work."""
    many = source.expected
    return many > counts.COUNT_EXACTLY, many > counts.MOST_READ, many * source.weight


def _work(rows: QuerySet[Any]) -> Work:
    return Work(rows.order_by().values("task"), rows.order_by())
