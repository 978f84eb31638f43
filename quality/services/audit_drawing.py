"""Which labels an audit looks at: drawn by seed from all done tasks, stratum by stratum, by the database."""

from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from accounts.errors import DomainError
from projects.models import TaskSummary
from quality.models import AuditItem, AuditSample, AuditState
from stats.audit.design import LEAST, allocate, size_for, strata_of

MOST_STRATA = 20
MOST_SIZE = 5_000
OTHERS = "others"
NO_VALUE = "none"

# Gold is left out: its answers are given to the inference. What came later than the draw stays out of it.
POPULATION = """
FROM projects_tasksummary s {join}
WHERE s.project_id = %(project)s AND s.state = 'done' AND s.value IS NOT NULL
  AND (%(field)s = '' OR s.value ? %(field)s)
  AND (%(until)s::timestamptz IS NULL OR s.done_at IS NULL OR s.done_at <= %(until)s)
  AND NOT EXISTS (SELECT 1 FROM quality_golditem g WHERE g.task_id = s.task_id AND g.retired_at IS NULL)
"""
COUNTS = "SELECT {stratum} AS stratum, count(*) {population} GROUP BY 1"
# The first of each stratum in an order that only the seed decides; how many there are of it comes along.
DRAWN = """
SELECT stratum, task_id, members FROM (
    SELECT stratum, task_id, count(*) OVER (PARTITION BY stratum) AS members,
           row_number() OVER (PARTITION BY stratum ORDER BY md5(%(seed)s || ':' || task_id), task_id) AS place
    FROM (SELECT CASE WHEN {stratum} = ANY(%(names)s) THEN {stratum} ELSE %(others)s END AS stratum,
                 s.task_id {population}) AS p
) AS o WHERE place <= %(most)s ORDER BY stratum, place
"""


def draw_first(sample: AuditSample) -> int:
    """Draw the items of a new sample; return how many. A second delivery of the job draws nothing more.

    Raises DomainError where too few tasks are done. Locks the sample; one transaction.
    """
    with transaction.atomic():
        locked = AuditSample.objects.select_for_update(no_key=True).get(pk=sample.pk)
        if locked.state != AuditState.DRAWING or locked.strata:
            return locked.items.count()
        counts = dict(_rows(COUNTS, locked, until=None))
        total = sum(counts.values())
        if total < LEAST:
            raise DomainError(
                f"{total} tasks are done and have this answer; an audit needs at least {LEAST}.",
                code="too_few_tasks",
            )
        wanted = min(MOST_SIZE, locked.size or size_for(locked.half_width or 0.05, locked.expected, total))
        names = strata_of(counts, min(MOST_STRATA, max(1, wanted // 4)))
        rows = _rows(DRAWN, locked, until=None, names=names, most=wanted, seed=locked.seed)
        strata = _by_stratum(rows)
        given = allocate([members for members, _ in strata.values()], wanted)
        chosen = [
            (number, task_id)
            for number, (size, (_, ids)) in enumerate(zip(given, strata.values(), strict=True))
            for task_id in ids[: int(size)]
        ]
        locked.strata = [
            {"name": name, "population": members, "drawn": int(size)}
            for (name, (members, _)), size in zip(strata.items(), given, strict=True)
        ]
        locked.drawn_at = timezone.now()
        return _keep(locked, chosen)


def draw_more(sample: AuditSample, more: int) -> int:
    """Draw the next items in the same order of the same tasks; return how many were added.

    Tasks that are no longer done are not there any more, and what became done later is not looked at.
    Locks the sample; one transaction; a second delivery draws nothing.
    """
    with transaction.atomic():
        locked = AuditSample.objects.select_for_update(no_key=True).get(pk=sample.pk)
        if locked.state != AuditState.DRAWING:
            return 0
        sizes = [each["population"] for each in locked.strata]
        names = [each["name"] for each in locked.strata if each["name"] != OTHERS]
        before = [each["drawn"] for each in locked.strata]
        wanted = allocate(sizes, sum(before) + more)
        rows = _rows(
            DRAWN, locked, until=locked.drawn_at, names=names, most=int(wanted.max()), seed=locked.seed
        )
        found, known = _by_stratum(rows), set(locked.items.values_list("task_id", flat=True))
        chosen = []
        for number, each in enumerate(locked.strata):
            fresh = [pk for pk in found.get(each["name"], (0, []))[1] if pk not in known]
            added = fresh[: max(0, int(wanted[number]) - before[number])]
            chosen += [(number, pk) for pk in added]
            each["drawn"] += len(added)
        if not chosen:
            raise DomainError("No further tasks of this draw are left.", code="used_up")
        locked.look += 1
        return _keep(locked, chosen)


def _keep(sample: AuditSample, chosen: list[tuple[int, int]]) -> int:
    """Store the items in an order that mixes the strata: where judging stops early, none is missing."""
    tasks = TaskSummary.objects.in_bulk([task_id for _, task_id in chosen])
    mixed = sorted(chosen, key=lambda pair: _mixing(sample.seed, pair[1]))
    first = sample.items.count()
    AuditItem.objects.bulk_create(
        AuditItem(
            project_id=sample.project_id,
            sample=sample,
            task_id=task_id,
            position=first + place,
            stratum=stratum,
            look=sample.look,
            value=tasks[task_id].value,
            source=tasks[task_id].source,
        )
        for place, (stratum, task_id) in enumerate(mixed, start=1)
    )
    sample.state, sample.message, sample.finished_at = AuditState.JUDGING, "", None
    sample.save(update_fields=["strata", "drawn_at", "look", "state", "message", "finished_at"])
    return len(chosen)


def _mixing(seed: int, task_id: int) -> int:
    """A shuffle that is the same everywhere: multiplication modulo a prime."""
    return (task_id * 2_654_435_761 + seed * 40_503) % 4_294_967_291


def _by_stratum(rows: list[tuple[Any, ...]]) -> dict[str, tuple[int, list[int]]]:
    """Per stratum, in the order of names: how many tasks it has, and its first ones."""
    found: dict[str, tuple[int, list[int]]] = {}
    for stratum, task_id, members in rows:
        found.setdefault(stratum, (members, []))[1].append(task_id)
    return found


def _rows(statement: str, sample: AuditSample, **values: Any) -> list[tuple[Any, ...]]:
    stratum, join = "''", ""
    if sample.by == "class":
        stratum = "coalesce(s.value ->> %(field)s, %(none)s)"
    elif sample.by == "meta":
        stratum = "coalesce(t.meta ->> %(key)s, %(none)s)"
        join = "JOIN projects_task t ON t.id = s.task_id"
    text = statement.format(stratum=stratum, population=POPULATION.format(join=join))
    known: dict[str, Any] = {
        "project": sample.project_id,
        "field": sample.field,
        "key": sample.meta_key,
        "none": NO_VALUE,
    }
    with connection.cursor() as cursor:
        cursor.execute(text, known | {"others": OTHERS} | values)
        return list(cursor.fetchall())
