"""How many tasks a view has: from the counters where only states are asked, else exact up to ten thousand."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from annotate.task_list.filters import asks_items, items_of, matching, states_of, without_items
from annotate.task_list.views import View
from formats.strictjson import loads
from projects.models import Project
from projects.queries import count_all_states

COUNT_EXACTLY = 10_000


@dataclass(frozen=True)
class Count:
    """How many match; an estimate of the database where counting would take long."""

    number: int
    exact: bool

    @property
    def is_known_to_be_large(self) -> bool:
        """Whether more match than are counted, and the planner, too, expects more."""
        return not self.exact and self.number > COUNT_EXACTLY + 1


def count_of(project: Project, view: View, *, is_large: bool = False) -> Count:
    """How many tasks match: exact up to ten thousand, beyond that what the planner expects.

    ``is_large``: more items than that were found just now.
    """
    if not view.searches:
        states = count_all_states([project]).get(project.pk, {})
        return Count(sum(states.get(state, 0) for state in states_of(view)), exact=True)
    most = COUNT_EXACTLY + 1
    rows = matching(project, view).order_by()
    if asks_items(view):
        items = items_of(project, view).order_by()
        number = most if is_large else items[:most].count()
        if number == most and without_items(view).searches:
            return Count(max(1, _expected(rows)), exact=False)
        if number == most:
            return Count(max(most, _expected(items)), exact=False)
        if number == 0:
            return Count(0, exact=True)
    number = rows[:most].count()
    if number < most:
        return Count(number, exact=True)
    return Count(max(number, _expected(rows)), exact=False)


def _expected(rows: QuerySet[Any]) -> int:
    """How many rows the planner expects."""
    plan: Any = loads(rows.values("pk").explain(format="json").encode())
    return int(plan[0]["Plan"]["Plan Rows"])
