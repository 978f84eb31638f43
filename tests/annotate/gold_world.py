"""A world with hidden gold, and what an annotator could compare."""

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotate.models import Assignment, Drawn, Pool
from annotate.services import slots
from tests.world import World, make_tasks, make_world

FORBIDDEN = (
    "gold",
    "truth",
    "expected",
    "control",
    "honeypot",
    "score",
    "drawn",
    "pool",
    "task",
    "wanted",
    "taken",
)


def world_with_gold(work: int, gold: int, share: float, **settings: Any) -> World:
    """So many tasks of work, then so many of gold; all texts are of one length, all ids of another."""
    level_ids()
    world = make_world(gold_share=share, **settings)
    tasks = make_tasks(world.project, [f"Text number {number:04}" for number in range(work + gold)])
    slots.set_pool(project_id=world.project.pk, task_ids=[task.pk for task in tasks[work:]], pool=Pool.GOLD)
    return world


def level_ids() -> None:
    """Ids of what is handed out and answered from here on are equally long: 9 and 10 would tell nothing."""
    with connection.cursor() as cursor:
        for table in ("annotate_assignment", "annotate_annotation"):
            cursor.execute(
                "SELECT setval(s, greatest(100000, nextval(s))) FROM pg_get_serial_sequence(%s, 'id') AS s",
                [table],
            )


def is_gold(row: dict[str, Any]) -> bool:
    """Whether this assignment was drawn as gold: what nobody but the tests may know."""
    return Assignment.objects.get(pk=row["id"]).drawn == Drawn.GOLD


def shape(value: Any) -> Any:
    """Keys and types, without the contents."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shape(item) for item in value]
    return type(value).__name__


def keys_of(value: Any) -> set[str]:
    """All keys, at any depth."""
    if isinstance(value, dict):
        return set(value) | {key for item in value.values() for key in keys_of(item)}
    if isinstance(value, list):
        return {key for item in value for key in keys_of(item)}
    return set()


def headers(response: Any) -> dict[str, str]:
    """All but the number that every request has."""
    return {name: value for name, value in response.headers.items() if name != "X-Request-ID"}


def statements(act: Callable[[], Any]) -> tuple[Any, tuple[str, ...]]:
    """What ``act`` returns, and the SQL that it ran, without its values."""
    with CaptureQueriesContext(connection) as captured:
        done = act()
    return done, tuple(_without_values(query["sql"]) for query in captured)


TEXTS = re.compile(r"'(?:[^']|'')*'(::\w+(\[\])?)?")
OTHERS = re.compile(r' *-?\b(true|false|NULL|\d+(\.\d+)?)\b|"s\d+_x\d+"', re.IGNORECASE)


def _without_values(statement: str) -> str:
    statement = OTHERS.sub("?", TEXTS.sub("?", statement))
    listed = re.sub(r" ?ARRAY\[[?, ]*\]", "?", statement)
    return re.sub(r"\?(, ?\?)+", "?", listed)


def visible(response: Any) -> tuple[int, bytes, tuple[tuple[str, str], ...]]:
    """All of a response that could tell two tasks apart, but for the numbers in ids, times and texts."""
    kept = {name: value for name, value in headers(response).items() if name != "Content-Length"}
    return response.status_code, re.sub(rb"\d+", b"0", response.content), tuple(kept.items())


def kinds(rows: Sequence[dict[str, Any]]) -> dict[bool, list[dict[str, Any]]]:
    """Assignments by whether they are gold."""
    found: dict[bool, list[dict[str, Any]]] = {True: [], False: []}
    for row in rows:
        found[is_gold(row)].append(row)
    return found


def differences(seen: Mapping[tuple[tuple[str, ...], Any], Any]) -> str:
    """What was seen, the first way in full, the others by what differs from it."""
    (first, response), *others = seen
    lines = [f"{len(first)} statements: {seen[first, response]}", str(response)]
    for ran, answer in others:
        lines += [
            "",
            f"{len(ran)} statements: {seen[ran, answer]}",
            str(answer) if answer != response else "",
        ]
        lines += [line[:200] for line in difflib.ndiff(first, ran) if line[0] in "+-"]
    return "\n".join(lines)
