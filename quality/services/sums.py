"""What a full run keeps of its fits for the answers that follow, and how it is written down."""

from collections.abc import Iterator, Mapping, Sequence
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from projects.models import Project
from quality.models import FittedVotes, PersonSums, VotesSinceFit
from quality.services.inference import FieldFit, UnitFit
from quality.services.orders import hang_together
from quality.services.votes import mark_stale
from stats.arrays import Floats
from stats.trust.information import MOST_CLASSES
from stats.trust.since_fit import CrowdSums, PeopleSums

# With more classes trust waits for the full run: a person's sums would be larger than what they are worth.
MOST_KEPT = 50
GOLD = 0
VOTE = np.dtype([("task", "<i8"), ("user", "<i8"), ("unit", "<i2"), ("code", "<i2")])
ABOUT = 80  # votes in a row, which so is stored whole, not beside its table, and short to send
PARTS = ("confusion", "start", "counts", "seen", "full", "raised", "raised_by_class")

VoteRows = NDArray[np.void]
Named = dict[str, list[tuple[int, str]]]


def are_kept(fit: FieldFit) -> bool:
    """Whether anything is kept of this field. Sums are of pairs: they know nothing of whole orders."""
    is_small = all(1 < len(unit.codes) <= MOST_KEPT for unit in fit.units.values())
    return bool(fit.units) and is_small and not hang_together(fit)


def crowd_sums(unit: UnitFit) -> dict[str, Any]:
    """Of one unit's crowd."""
    crowd = unit.judged[1]
    return {
        "marginals": crowd.marginals.tolist(),
        "base": crowd.base.tolist(),
        "prior": crowd.prior,
        "raised": crowd.raised,
        "raised_by_class": crowd.raised_by_class.tolist(),
    }


def read_crowd(kept: Mapping[str, Any]) -> CrowdSums:
    """The inverse of ``crowd_sums``."""
    return CrowdSums(
        marginals=np.array(kept["marginals"]),
        base=np.array(kept["base"]),
        prior=kept["prior"],
        raised=kept["raised"],
        raised_by_class=np.array(kept["raised_by_class"]),
    )


def keep_sums(project: Project, fits: Sequence[FieldFit]) -> None:
    """Replace what is kept of a project; the caller holds a transaction and the lock ``trust``.

    Tasks whose answers changed while the run was fitting are stale again: their votes in its fit are older.
    """
    for kept in (PersonSums, FittedVotes):
        kept.objects.filter(project=project).delete()
    since = list(VotesSinceFit.objects.filter(project=project).values_list("task_id", "field", "votes"))
    VotesSinceFit.objects.filter(project=project).delete()
    fitted: dict[str, tuple[list[UnitFit], VoteRows]] = {}
    for fit in fits:
        if are_kept(fit):
            units = list(fit.units.values())
            rows = _votes(units)
            fitted[fit.asked.name] = units, rows
            PersonSums.objects.bulk_create(_people(project, fit.asked.name, units), batch_size=500)
            FittedVotes.objects.bulk_create(_blocks(project, fit.asked.name, rows), batch_size=500)
    mark_stale(project.pk, {task for task, name, votes in since if _is_older(fitted.get(name), task, votes)})


def _is_older(fitted: tuple[list[UnitFit], VoteRows] | None, task: int, votes: Mapping[str, object]) -> bool:
    if fitted is None:
        return False
    units, rows = fitted
    found = named(of_task(rows, task), [(unit.unit, unit.codes) for unit in units])
    return {unit: [list(pair) for pair in pairs] for unit, pairs in found.items()} != votes


def _people(project: Project, name: str, units: Sequence[UnitFit]) -> Iterator[PersonSums]:
    users = np.unique(np.concatenate([unit.users for unit in units]))
    table = np.concatenate([_columns(unit, users) for unit in units], axis=1)
    for user, row in zip(users.tolist(), table, strict=True):
        yield PersonSums(project=project, user_id=user, field=name, sums=row.tobytes())


def _columns(unit: UnitFit, users: NDArray[np.int64]) -> Floats:
    people = pack(unit.judged[2])
    found = np.full((users.size, people.shape[1]), np.nan, dtype="<f8")
    found[np.searchsorted(users, unit.users)] = people
    return found


def pack(people: PeopleSums) -> Floats:
    """(W, S): a row of numbers for each person."""
    count = len(people.raised)
    parts = [np.asarray(getattr(people, name)).reshape(count, -1) for name in PARTS]
    return np.concatenate(parts, axis=1)


def views(rows: Floats, size: int) -> PeopleSums:
    """The inverse of ``pack`` for so many classes, in place: to change the one is to change the other."""
    cells = size if size <= MOST_CLASSES else 1
    shapes = ((size, size), (size,), (size, size), (cells, cells), (cells,), (), (size,))
    found, start = {}, 0
    for name, shape in zip(PARTS, shapes, strict=True):
        stop = start + prod(shape)
        found[name] = rows[:, start:stop].reshape(len(rows), *shape)
        start = stop
    return PeopleSums(**found)


def _votes(units: Sequence[UnitFit]) -> VoteRows:
    """All votes of a field by task, gold among them."""
    parts = []
    for place, unit in enumerate(units):
        answers = unit.answers
        said = np.zeros(answers.size, dtype=VOTE)
        said["task"], said["user"] = unit.tasks[answers.task], unit.users[answers.worker]
        said["code"] = answers.label
        known = np.zeros(answers.known.size, dtype=VOTE)
        known["task"], known["user"] = unit.tasks[answers.known], GOLD
        if answers.gold is not None:
            known["code"] = answers.gold[answers.known]
        for rows in (said, known):
            rows["unit"] = place
            parts.append(rows)
    every = np.concatenate(parts)
    return every[np.argsort(every["task"], kind="stable")]


def _blocks(project: Project, name: str, rows: VoteRows) -> Iterator[FittedVotes]:
    starts = np.flatnonzero(np.diff(rows["task"], prepend=-1))
    wanted = np.arange(0, rows.size, ABOUT)
    bounds = np.unique(starts[np.searchsorted(starts, wanted, side="right") - 1])
    for start, stop in zip(bounds, [*bounds[1:], rows.size], strict=True):
        block = rows[start:stop]
        yield FittedVotes(
            project=project, field=name, first_task=int(block["task"][0]), votes=block.tobytes()
        )


def of_task(rows: VoteRows, task: int) -> VoteRows:
    """The votes of a task among votes by task."""
    start, stop = np.searchsorted(rows["task"], [task, task + 1])
    return rows[start:stop]


def named(rows: VoteRows, units: Sequence[tuple[str, Sequence[str]]]) -> Named:
    """Unit → (person, code) in the order of people, of the votes of one task."""
    found: Named = {}
    for user, place, code in sorted((int(row["user"]), int(row["unit"]), int(row["code"])) for row in rows):
        unit, codes = units[place]
        found.setdefault(unit, []).append((user, codes[code]))
    return found
