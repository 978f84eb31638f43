"""Writing what single answers changed in people's trust: sent at once, however many people."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db import connection

from labeltypes.base import Json
from projects.models import Project
from projects.pg_arrays import documents, numbers, texts
from quality.models import Trust
from quality.services.known import People
from quality.services.sums import Named
from quality.services.trust import CONSENSUS, Tally, overall_rows

WRITE_TRUST = """
INSERT INTO quality_trust (project_id, basis, confusion, learned, computed_at, user_id, field, label, n,
                           correct, accuracy, low, high)
SELECT %s, %s, '{}', '{}', now(), r.*
FROM unnest(%s::bigint[], %s::varchar[], %s::varchar[], %s::float8[], %s::float8[], %s::float8[],
            %s::float8[], %s::float8[]) AS r
ON CONFLICT (project_id, user_id, field, label, basis) DO UPDATE SET
    n = excluded.n, correct = excluded.correct, accuracy = excluded.accuracy, low = excluded.low,
    high = excluded.high, computed_at = excluded.computed_at
"""
WRITE_SUMS = """
INSERT INTO quality_personsums (project_id, user_id, field, sums)
SELECT %s, r.* FROM unnest(%s::bigint[], %s::varchar[], %s::bytea[]) AS r
ON CONFLICT (project_id, field, user_id) DO UPDATE SET sums = excluded.sums
"""
WRITE_VOTES = """
INSERT INTO quality_votessincefit (project_id, task_id, field, votes)
SELECT %s, r.* FROM unnest(%s::bigint[], %s::varchar[], %s::jsonb[]) AS r
ON CONFLICT (project_id, task_id, field) DO UPDATE SET votes = excluded.votes
"""
WRITE = f"{WRITE_TRUST};{WRITE_SUMS};{WRITE_VOTES}"  # sent at once
FIGURES = ("n", "correct", "accuracy", "low", "high")


@dataclass
class Changes:
    """What is to be written: rows of trust per field; person, field and numbers; task, field and votes."""

    trust: list[Trust] = field(default_factory=list)
    sums: list[tuple[int, str, bytes]] = field(default_factory=list)
    votes: list[tuple[int, str, Named]] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)


def write_changes(project: Project, changes: Changes, known: People) -> None:
    """Write them, and these people's trust over all fields; ``known``: as it stands, of all of them.

    The caller holds the lock ``trust``.
    """
    rows = _with_overall(project, changes, known)
    users, names, labels = ([getattr(row, name) for row in rows] for name in ("user_id", "field", "label"))
    figures = [numbers([getattr(row, name) for row in rows]) for name in FIGURES]
    people = (
        numbers([user for user, _, _ in changes.sums]),
        texts([name for _, name, _ in changes.sums]),
        texts(["\\x" + sums.hex() for _, _, sums in changes.sums]),
    )
    tasks = (
        numbers([task_id for task_id, _, _ in changes.votes]),
        texts([name for _, name, _ in changes.votes]),
        documents([_plain(votes) for _, _, votes in changes.votes]),
    )
    trust = (numbers(users), texts(names), texts(labels), *figures)
    values: list[int | str] = [project.pk, CONSENSUS, *trust, project.pk, *people, project.pk, *tasks]
    with connection.cursor() as cursor:
        cursor.execute(WRITE, values)


def _plain(votes: Named) -> Json:
    return {unit: [[user, code] for user, code in given] for unit, given in votes.items()}


def _with_overall(project: Project, changes: Changes, known: People) -> list[Trust]:
    """The rows to write, in the order of their key; those of classes of which nothing is left are deleted."""
    keys = {(row.user_id, row.field, row.label) for row in changes.trust}
    users = {row.user_id for row in changes.trust}
    other: dict[int, Tally] = defaultdict(Tally)
    gone = []
    for row in known.rows:
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
    rows = [*changes.trust, *overall_rows(project, changes.trust, other)]
    return sorted(rows, key=lambda row: (row.user_id, row.field, row.label))
