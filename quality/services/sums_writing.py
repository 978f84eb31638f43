"""Writing what single answers changed in people's trust: sent at once, however many people."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from accounts.statements import Prepared, Sent
from labeltypes.base import Json
from projects.models import Project
from projects.pg_arrays import documents, numbers, texts
from quality.models import Trust
from quality.services.known import People
from quality.services.sums import Named
from quality.services.trust import CONSENSUS, Figures, Tally, overall_rows

WRITE = Prepared(
    "write_trust_at_once",
    """
WITH trust AS (
    INSERT INTO quality_trust (project_id, basis, confusion, learned, computed_at, user_id, field, label, n,
                               correct, accuracy, low, high)
    SELECT %(project)s, %(basis)s, '{}', '{}', now(), r.*
    FROM unnest(%(user_id)s::bigint[], %(field)s::varchar[], %(label)s::varchar[], %(n)s::float8[],
                %(correct)s::float8[], %(accuracy)s::float8[], %(low)s::float8[], %(high)s::float8[]) AS r
    ON CONFLICT (project_id, user_id, field, label, basis) DO UPDATE SET
        n = excluded.n, correct = excluded.correct, accuracy = excluded.accuracy, low = excluded.low,
        high = excluded.high, computed_at = excluded.computed_at),
sums AS (
    INSERT INTO quality_personsums (project_id, user_id, field, sums)
    SELECT %(project)s, r.* FROM unnest(%(people)s::bigint[], %(fields_of_people)s::varchar[],
                                            %(sums)s::bytea[]) AS r
    ON CONFLICT (project_id, field, user_id) DO UPDATE SET sums = excluded.sums)
INSERT INTO quality_votessincefit (project_id, task_id, field, votes)
SELECT %(project)s, r.*
FROM unnest(%(tasks)s::bigint[], %(fields_of_tasks)s::varchar[], %(votes)s::jsonb[]) AS r
ON CONFLICT (project_id, task_id, field) DO UPDATE SET votes = excluded.votes
""",
    project="bigint",
    basis="varchar",
    user_id="bigint[]",
    field="varchar[]",
    label="varchar[]",
    n="float8[]",
    correct="float8[]",
    accuracy="float8[]",
    low="float8[]",
    high="float8[]",
    people="bigint[]",
    fields_of_people="varchar[]",
    sums="bytea[]",
    tasks="bigint[]",
    fields_of_tasks="varchar[]",
    votes="jsonb[]",
)
# Whether others have come since tells whether to come back; who sets one later sends a message after it.
FORGET = Prepared(
    "forget_marks",
    """
WITH gone AS (DELETE FROM quality_staletask WHERE id = ANY(%(marks)s))
SELECT EXISTS (SELECT FROM quality_staletask WHERE project_id = %(project)s AND id <> ALL(%(marks)s))
""",
    project="bigint",
    marks="bigint[]",
)
FIGURES = ("n", "correct", "accuracy", "low", "high")


@dataclass
class Changes:
    """What is to be written: rows of trust per field; person, field and numbers; task, field and votes.

    ``people``: what stands about all whom it is about.
    """

    people: People
    trust: list[Figures] = field(default_factory=list)
    sums: list[tuple[int, str, bytes]] = field(default_factory=list)
    votes: list[tuple[int, str, Named]] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)


def write_changes(
    project: Project, changes: Changes, *, marks: Sequence[int] = (), behind: Sequence[Sent] = ()
) -> bool:
    """Write them, and these people's trust over all fields; delete these marks of stale tasks. All in one
    message; before it what it stands ``behind``.

    The caller holds the lock ``trust``. Return whether the project has other marks.
    """
    values = {"project": project.pk, "marks": list(marks)}
    changed = [(WRITE, _columns(project, changes))] if changes.votes else []
    ((is_more,),) = FORGET.rows(values, behind=[*behind, *changed])
    return bool(is_more)


def _columns(project: Project, changes: Changes) -> dict[str, int | str]:
    rows = _with_overall(changes)
    figures: dict[str, list[Any]] = {
        name: [row[at] for row in rows] for at, name in enumerate(Figures._fields)
    }
    columns: dict[str, int | str] = {
        "project": project.pk,
        "basis": CONSENSUS,
        "user_id": numbers(figures["user_id"]),
        "field": texts(figures["field"]),
        "label": texts(figures["label"]),
        "people": numbers([user for user, _, _ in changes.sums]),
        "fields_of_people": texts([name for _, name, _ in changes.sums]),
        "sums": texts(["\\x" + sums.hex() for _, _, sums in changes.sums]),
        "tasks": numbers([task_id for task_id, _, _ in changes.votes]),
        "fields_of_tasks": texts([name for _, name, _ in changes.votes]),
        "votes": documents([_plain(votes) for _, _, votes in changes.votes]),
    }
    columns |= {name: numbers(figures[name]) for name in FIGURES}
    return columns


def _plain(votes: Named) -> Json:
    return {unit: [[user, code] for user, code in given] for unit, given in votes.items()}


def _with_overall(changes: Changes) -> list[Figures]:
    """The rows to write, in the order of their key; those of classes of which nothing is left are deleted."""
    keys = {(row.user_id, row.field, row.label) for row in changes.trust}
    users = {row.user_id for row in changes.trust}
    other: dict[int, Tally] = defaultdict(Tally)
    gone = []
    for row in changes.people.rows:
        if row.basis != CONSENSUS or not row.field or row.user_id not in users:
            continue
        if (row.user_id, row.field, row.label) in keys:
            continue
        if row.label == "":
            other[row.user_id].add(row.correct, row.n)
        elif row.field in changes.fields:
            gone.append(row.pk)
    if gone:
        Trust.objects.filter(pk__in=gone).delete()
    rows = [*changes.trust, *overall_rows(changes.trust, other)]
    return sorted(rows)
