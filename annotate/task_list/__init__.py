"""The task list: what is asked (views), what that lets through (filters), the rows in order, and how many."""

from annotate.task_list.counts import Count, count_of
from annotate.task_list.rows import Page, ids_after, listed
from annotate.task_list.views import ORDERS, PARAMETERS, View, as_query, cursor_at, read_view

__all__ = [
    "ORDERS",
    "PARAMETERS",
    "Count",
    "Page",
    "View",
    "as_query",
    "count_of",
    "cursor_at",
    "ids_after",
    "listed",
    "read_view",
]
