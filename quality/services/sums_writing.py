"""Writing what single answers changed in people's trust: sent at once, however many people."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from accounts.statements import Prepared, Sent
from labeltypes.base import Json
from projects.models import Project
from projects.pg_arrays import binaries, documents, numbers, texts
from quality.models import Trust
from quality.services.known import People
from quality.services.sums import Named
from quality.services.trust import CONSENSUS, Figures, Tally, overall_rows

# Rows that were read are changed by their ids: to try to insert them first would cost as much again.
FORGOTTEN = "DELETE FROM quality_staletask WHERE id = ANY(%(marks)s)"
CHANGE = Prepared(
    "change_trust_at_once",
    f"""
WITH trust AS (
    UPDATE quality_trust AS t SET n = r.n, correct = r.correct, accuracy = r.accuracy, low = r.low,
        high = r.high, computed_at = now()
    FROM unnest(%(rows)s::bigint[], %(n)s::float8[], %(correct)s::float8[], %(accuracy)s::float8[],
                %(low)s::float8[], %(high)s::float8[]) AS r(id, n, correct, accuracy, low, high)
    WHERE t.id = r.id),
sums AS (
    UPDATE quality_personsums AS s SET sums = r.sums
    FROM unnest(%(rows_of_people)s::bigint[], %(sums)s::bytea[]) AS r(id, sums) WHERE s.id = r.id),
forgotten AS ({FORGOTTEN})
INSERT INTO quality_votessincefit (project_id, task_id, field, votes)
SELECT %(project)s, r.*
FROM unnest(%(tasks)s::bigint[], %(fields_of_tasks)s::varchar[], %(votes)s::jsonb[]) AS r
ON CONFLICT (project_id, task_id, field) DO UPDATE SET votes = excluded.votes
""",  # noqa: S608  # a part of its own, no value
    project="bigint",
    marks="bigint[]",
    rows="bigint[]",
    n="float8[]",
    correct="float8[]",
    accuracy="float8[]",
    low="float8[]",
    high="float8[]",
    rows_of_people="bigint[]",
    sums="bytea[]",
    tasks="bigint[]",
    fields_of_tasks="varchar[]",
    votes="jsonb[]",
)
ADD = Prepared(
    "add_trust_at_once",
    """
WITH trust AS (
    INSERT INTO quality_trust (project_id, basis, confusion, learned, computed_at, user_id, field, label, n,
                               correct, accuracy, low, high)
    SELECT %(project)s, %(basis)s, '{}', '{}', now(), r.*
    FROM unnest(%(user_id)s::bigint[], %(field)s::varchar[], %(label)s::varchar[], %(n)s::float8[],
                %(correct)s::float8[], %(accuracy)s::float8[], %(low)s::float8[], %(high)s::float8[]) AS r
    ON CONFLICT (project_id, user_id, field, label, basis) DO UPDATE SET
        n = excluded.n, correct = excluded.correct, accuracy = excluded.accuracy, low = excluded.low,
        high = excluded.high, computed_at = excluded.computed_at)
INSERT INTO quality_personsums (project_id, user_id, field, sums)
SELECT %(project)s, r.* FROM unnest(%(people)s::bigint[], %(fields_of_people)s::varchar[],
                                    %(sums)s::bytea[]) AS r
ON CONFLICT (project_id, field, user_id) DO UPDATE SET sums = excluded.sums
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
)
FORGET = Prepared("forget_marks", FORGOTTEN, marks="bigint[]")
# Whether others have come since tells whether to come back; who sets one later sends a message after it.
LEFT = Prepared(
    "marks_left",
    "SELECT EXISTS (SELECT FROM quality_staletask WHERE project_id = %(project)s)",
    project="bigint",
)
FIGURES = ("n", "correct", "accuracy", "low", "high")


@dataclass
class Changes:
    """What is to be written: rows of trust per field; person, field and numbers; task, field and votes.

    ``people``: what stands about all whom it is about; ``stored``: person and field → the row of their sums.
    """

    people: People
    stored: Mapping[tuple[int, str], int] = field(default_factory=dict)
    trust: list[Figures] = field(default_factory=list)
    sums: list[tuple[int, str, bytes]] = field(default_factory=list)
    votes: list[tuple[int, str, Named]] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)


def write_changes(
    project: Project,
    changes: Changes,
    *,
    marks: Sequence[int] = (),
    behind: Sequence[Sent] = (),
    commit: Sequence[Sent] = (),
) -> bool:
    """Write them, and these people's trust over all fields; delete these marks of stale tasks. All in one
    message; before it what it stands ``behind``, and ``commit`` in the end.

    The caller holds the lock ``trust``. Return whether the project has other marks.
    """
    forgotten = {"marks": numbers(marks)}
    changed = _statements(project, changes, forgotten) if changes.votes else [(FORGET, forgotten)]
    sent = [*behind, *changed, *commit]
    ((is_more,),) = LEFT.rows({"project": project.pk}, behind=sent)
    return bool(is_more)


def _statements(project: Project, changes: Changes, forgotten: Mapping[str, str]) -> list[Sent]:
    there, new = _with_overall(changes)
    known = [each for each in changes.sums if each[:2] in changes.stored]
    sent: list[Sent] = [
        (
            CHANGE,
            {
                "project": project.pk,
                **forgotten,
                "rows": numbers([pk for pk, _ in there]),
                **_figures([row for _, row in there]),
                "rows_of_people": numbers([changes.stored[user, name] for user, name, _ in known]),
                "sums": binaries([sums for _, _, sums in known]),
                "tasks": numbers([task_id for task_id, _, _ in changes.votes]),
                "fields_of_tasks": texts([name for _, name, _ in changes.votes]),
                "votes": documents([_plain(votes) for _, _, votes in changes.votes]),
            },
        )
    ]
    if new or len(known) < len(changes.sums):
        unknown = [each for each in changes.sums if each[:2] not in changes.stored]
        sent.append((ADD, _added(project, new, unknown)))
    return sent


def _added(
    project: Project, rows: Sequence[Figures], sums: Sequence[tuple[int, str, bytes]]
) -> dict[str, int | str]:
    return {
        "project": project.pk,
        "basis": CONSENSUS,
        "user_id": numbers([row.user_id for row in rows]),
        "field": texts([row.field for row in rows]),
        "label": texts([row.label for row in rows]),
        **_figures(rows),
        "people": numbers([user for user, _, _ in sums]),
        "fields_of_people": texts([name for _, name, _ in sums]),
        "sums": binaries([each for _, _, each in sums]),
    }


def _figures(rows: Sequence[Figures]) -> dict[str, str]:
    """n, correct, accuracy, low and high, a column each."""
    columns = zip(*[row[3:] for row in rows], strict=True) if rows else [()] * len(FIGURES)
    return dict(zip(FIGURES, map(numbers, columns), strict=True))


def _plain(votes: Named) -> Json:
    return {unit: [[user, code] for user, code in given] for unit, given in votes.items()}


def _with_overall(changes: Changes) -> tuple[list[tuple[int, Figures]], list[Figures]]:
    """The rows to write, in the order of their key: those that are there, with their ids, and new ones. Rows
    of classes of which nothing is left are deleted."""
    keys = {row[:3] for row in changes.trust}
    users = {row.user_id for row in changes.trust}
    other: dict[int, Tally] = defaultdict(Tally)
    gone, stored = [], dict[tuple[int, str, str], int]()
    for row in changes.people.rows:
        if row.basis != CONSENSUS or row.user_id not in users:
            continue
        key = row.user_id, row.field, row.label
        stored[key] = row.pk
        if not row.field or key in keys:
            continue
        if row.label == "":
            other[row.user_id].add(row.correct, row.n)
        elif row.field in changes.fields:
            gone.append(row.pk)
    if gone:
        Trust.objects.filter(pk__in=gone).delete()
    rows = sorted([*changes.trust, *overall_rows(changes.trust, other)])
    there = [(stored[row[:3]], row) for row in rows if row[:3] in stored]
    return there, [row for row in rows if row[:3] not in stored]
