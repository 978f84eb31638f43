"""The tasks of a view in its order, state by state, each from an index that has them so, merged."""

from typing import Any

from annotate.task_list.filters import states_of
from annotate.task_list.sources import Sql
from annotate.task_list.views import View
from projects.models import Project


def in_order(project: Project, view: View, count: int, *, down: bool) -> Sql:
    """Ids and keys of the next rows. Of the filters only states and the key's range."""
    column, way = view.sorting[0].column, "DESC" if down else "ASC"
    keys = [column, "task_id"] if column else ["task_id"]
    conditions, values = ["project_id = %s", "state = %s"], list[Any]()
    for name, limit in view.ranges.items():
        key, _, end = name.partition("_")
        if key == column:
            conditions.append(f"{key} {'>=' if end == 'from' else '<='} %s")
            values.append(limit)
    if view.sorting[0].optional:
        conditions.append(f"{column} IS NOT NULL")
    if view.cursor is not None:
        given = ", ".join("%s" for _ in keys)
        conditions.append(f"({', '.join(keys)}) {'<' if down else '>'} ({given})")
        values += view.cursor[-len(keys) :]
    order = ", ".join(f"{name} {way}" for name in keys)
    part = f"""(SELECT {", ".join(reversed(keys))} FROM projects_tasksummary
        WHERE {" AND ".join(conditions)} ORDER BY {order} LIMIT %s)"""  # noqa: S608 - names of ours
    states = states_of(view)
    union = " UNION ALL ".join([part] * len(states))
    statement = f"SELECT * FROM ({union}) AS found ORDER BY {order} LIMIT %s"  # noqa: S608 - as above
    given_of = [value for state in states for value in (project.pk, state, *values, count)]
    return statement, [*given_of, count]
