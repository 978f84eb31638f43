"""The tasks of a view in its order, state by state, each from an index that has them so, merged."""

from typing import Any

from annotate.task_list.filters import states_of
from annotate.task_list.sources import Sql
from annotate.task_list.views import View
from projects.models import Project
from projects.sureness import step_of


def in_order(project: Project, view: View, count: int, *, down: bool) -> Sql:
    """Ids and keys of the next rows. Of the filters only states and the key's range."""
    order, way = view.sorting[0], "DESC" if down else "ASC"
    column = order.column
    keys = [column, "task_id"] if column else ["task_id"]
    conditions, values = ["project_id = %s", "state = %s"], list[Any]()
    for name, limit in view.ranges.items():
        figure, _, end = name.partition("_")
        if figure == order.ranged:
            within = ">=" if end == "from" else "<="
            conditions.append(f"{column} {within} %s")
            values.append(step_of(limit) if order.figure else limit)
            if order.figure:
                conditions.append(f"({column} IS DISTINCT FROM %s OR {figure} {within} %s)")
                values += [step_of(limit), limit]
    if order.optional:
        conditions.append(f"{column} IS NOT NULL")
    if view.cursor is not None:
        given = ", ".join("%s" for _ in keys)
        conditions.append(f"({', '.join(keys)}) {'<' if down else '>'} ({given})")
        values += view.cursor[-len(keys) :]
    sorting = ", ".join(f"{name} {way}" for name in keys)
    part = f"""(SELECT {", ".join(reversed(keys))} FROM projects_tasksummary
        WHERE {" AND ".join(conditions)} ORDER BY {sorting} LIMIT %s)"""  # noqa: S608 - names of ours
    states = states_of(view)
    union = " UNION ALL ".join([part] * len(states))
    statement = f"SELECT * FROM ({union}) AS found ORDER BY {sorting} LIMIT %s"  # noqa: S608 - as above
    given_of = [value for state in states for value in (project.pk, state, *values, count)]
    return statement, [*given_of, count]
