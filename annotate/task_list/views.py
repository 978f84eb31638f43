"""What somebody looks at: filters, order and place, as the address holds them.

A page is found by its neighbor's sort key, never by an offset. Orders by a figure that a task may not have
yet (agreement, probability, time of the answer) list only tasks that have it: so their index serves them.
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime

from accounts.parameters import ParameterReader
from formats.strictjson import JsonProblem, dumps, loads
from projects.models import Task, TaskState

MOST_META = 10
LONGEST_TEXT = 1_000
MOST_ROWS = 1_000


@dataclass(frozen=True)
class Order:
    """How rows are sorted: a column of the summary (None: the task's id), and whether it may be absent.

    ``figure``: what the column says of a task in steps, if it is not that itself. Within a step rows are in
    import order.
    """

    title: str
    column: str | None
    optional: bool = False
    is_time: bool = False
    is_whole: bool = False
    figure: str = ""

    @property
    def ranged(self) -> str | None:
        """The figure whose range the order's index knows."""
        return self.figure or self.column


ORDERS: Mapping[str, Order] = {
    "import": Order("Import order", None),
    "priority": Order("Priority", "priority", is_whole=True),
    "agreement": Order("Agreement", "agreement", optional=True),
    "probability": Order(
        "Probability", "probability_step", optional=True, is_whole=True, figure="probability"
    ),
    "answered": Order("Answered at", "answered_at", optional=True, is_time=True),
}
RANGES = ("agreement_from", "agreement_to", "probability_from", "probability_to")
FILTERS = ("state", "person", "class", "meta", "q", "late", "experts", *RANGES)
PARAMETERS = (*FILTERS, "order", "cursor", "limit")


@dataclass(frozen=True)
class View:
    """What somebody looks at. ``order`` begins with ``-`` for the highest first; ``meta``: key and value."""

    state: tuple[str, ...] = ()
    person: int | None = None
    class_name: str = ""
    meta: tuple[tuple[str, str], ...] = ()
    q: str = ""
    late: bool = False
    experts: bool = False
    ranges: Mapping[str, float] = field(default_factory=dict)
    order: str = "import"
    cursor: tuple[str, Any, int] | None = None
    limit: int = 50

    @property
    def is_narrowed(self) -> bool:
        """Whether any filter is set."""
        return bool(as_query(self))

    @property
    def searches(self) -> bool:
        """Whether any filter but the states is set."""
        return bool(replace(self, state=()).is_narrowed)

    @property
    def sorting(self) -> tuple[Order, bool]:
        """The order, and whether the highest come first."""
        return ORDERS[self.order.removeprefix("-")], self.order.startswith("-")


def read_view(query: Mapping[str, Sequence[str]], *, also: Sequence[str] = ()) -> View:
    """The view that query parameters (name → values) describe. Raises DomainError naming every wrong one."""
    reader = _Reader(query, (*PARAMETERS, *also))
    order = reader.one("order", "import")
    if order.removeprefix("-") not in ORDERS:
        reader.wrong("order", f"one of {', '.join(ORDERS)}, with - before it for the highest first")
        order = "import"
    states = tuple(state for text in query.get("state", ()) for state in text.split(",") if state)
    for state in states:
        if state not in TaskState.values:
            reader.wrong("state", f"one of {', '.join(TaskState.values)}")
    view = View(
        state=states,
        person=reader.number("person"),
        class_name=reader.one("class"),
        meta=reader.pairs("meta"),
        q=reader.one("q"),
        late=reader.switch("late"),
        experts=reader.switch("experts"),
        ranges={name: value for name in RANGES if (value := reader.share(name)) is not None},
        order=order,
        limit=reader.limit(),
    )
    view = replace(view, cursor=reader.cursor(ORDERS[order.removeprefix("-")]))
    reader.raise_if_any("The view is not valid.")
    return view


def as_query(view: View) -> dict[str, list[str]]:
    """The filters as query parameters; ``read_view`` reads them back."""
    query: dict[str, list[str]] = {
        "state": [",".join(view.state)] if view.state else [],
        "person": [str(view.person)] if view.person is not None else [],
        "class": [view.class_name] if view.class_name else [],
        "meta": [f"{key}={value}" for key, value in view.meta],
        "q": [view.q] if view.q else [],
        "late": ["1"] if view.late else [],
        "experts": ["1"] if view.experts else [],
    }
    query |= {name: [f"{value:g}"] for name, value in view.ranges.items()}
    return {name: values for name, values in query.items() if values}


def cursor_at(way: str, order: Order, task: Task) -> str:
    """The cursor of the page after (``n``) or before (``p``) this task."""
    key = getattr(task.summary, order.column) if order.column else None
    text = dumps([way, key.isoformat() if isinstance(key, datetime) else key, task.pk])
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


class _Reader(ParameterReader):
    """Parameters of which some may be repeated."""

    def __init__(self, query: Mapping[str, Sequence[str]], known: Sequence[str]) -> None:
        super().__init__()
        self.query = query
        for name in query:
            if name not in known:
                self.wrong(name, "unknown parameter")

    def text(self, name: str) -> str:
        return self.one(name)

    def one(self, name: str, default: str = "") -> str:
        """A single value."""
        values = [value for value in self.query.get(name, ()) if value]
        if len(values) > 1:
            self.wrong(name, "only once")
        text = values[0] if values else default
        if len(text) > LONGEST_TEXT or "\0" in text:
            self.wrong(name, f"at most {LONGEST_TEXT} characters, none of them NUL")
            return default
        return text

    def number(self, name: str) -> int | None:
        """An id; one that cannot exist finds nothing."""
        text = self.one(name)
        if not text:
            return None
        return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else -1

    def switch(self, name: str) -> bool:
        """On with 1; off when absent."""
        text = self.one(name)
        if text not in ("", "1"):
            self.wrong(name, "1, or not at all")
        return text == "1"

    def pairs(self, name: str) -> tuple[tuple[str, str], ...]:
        """Repeated key=value."""
        values = [value for value in self.query.get(name, ()) if value]
        pairs = [value.partition("=") for value in values]
        if len(values) > MOST_META or any(
            not (key and sign) or "\0" in key + text for key, sign, text in pairs
        ):
            self.wrong(name, f"key=value, at most {MOST_META} times")
            return ()
        return tuple((key[:LONGEST_TEXT], text[:LONGEST_TEXT]) for key, _, text in pairs)

    def limit(self) -> int:
        """Rows on a page."""
        text = self.one("limit", "50")
        if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MOST_ROWS):
            self.wrong("limit", f"1 to {MOST_ROWS}")
            return 50
        return int(text)

    def cursor(self, order: Order) -> tuple[str, Any, int] | None:
        """Where a page begins or ends, as an earlier answer gave it."""
        text = self.one("cursor")
        if not text:
            return None
        try:
            found: Any = loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            way, key, task_id = found
            return _checked_cursor(order, way, key, task_id)
        except (JsonProblem, binascii.Error, ValueError, TypeError):
            self.wrong("cursor", "is not one of ours, or of another order")
            return None


def _checked_cursor(order: Order, way: Any, key: Any, task_id: Any) -> tuple[str, Any, int]:
    if way not in ("n", "p") or not isinstance(task_id, int) or isinstance(task_id, bool):
        raise ValueError
    if order.column is None:
        return way, None, task_id
    if order.is_time:
        moment = parse_datetime(key)
        if moment is None or moment.tzinfo is None:
            raise ValueError
        return way, moment, task_id
    if isinstance(key, bool) or not isinstance(key, int | float):
        raise ValueError
    if order.is_whole and not (isinstance(key, int) and abs(key) < 2**31):
        raise ValueError
    return way, key, task_id
