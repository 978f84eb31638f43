"""How many tasks a view has: from the counters where only states are asked, else exact up to ten thousand."""

from dataclasses import dataclass

from annotate.task_list.filters import asks_items, expected, items_of, matching, states_of, without_items
from annotate.task_list.views import View
from projects.models import Project
from projects.queries import count_all_states

COUNT_EXACTLY = 10_000
MOST_READ = 150_000  # ids of one filter for a page: some 0.1 s of the database


@dataclass(frozen=True)
class Count:
    """How many match; an estimate of the database where counting would take long."""

    number: int
    exact: bool


def count_of(project: Project, view: View) -> Count:
    """How many tasks match: exact up to ten thousand, beyond that what the planner expects."""
    if not view.searches:
        states = count_all_states([project]).get(project.pk, {})
        return Count(sum(states.get(state, 0) for state in states_of(view)), exact=True)
    most = COUNT_EXACTLY + 1
    if asks_items(view):
        number = items_of(project, view).order_by()[:most].count()
        if number == most:
            return estimate_of(project, view)
        if number == 0:
            return Count(0, exact=True)
    rows = matching(project, view).order_by()
    number = rows[:most].count()
    if number < most:
        return Count(number, exact=True)
    return Count(max(number, expected(rows.values("pk"))), exact=False)


def estimate_of(project: Project, view: View) -> Count:
    """What the planner expects of a view that asks the items, and of these more than are counted."""
    if without_items(view).searches:
        return Count(max(1, expected(matching(project, view).order_by().values("pk"))), exact=False)
    items = items_of(project, view).order_by().values("pk")
    return Count(max(COUNT_EXACTLY + 1, expected(items)), exact=False)
