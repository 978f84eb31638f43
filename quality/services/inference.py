"""What is probably true, and how well each person tells it: from votes to posteriors and matrices.

The mathematics is in ``stats``; here votes become its arrays and its arrays become names again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from labeltypes.inferred import Inferred, Shares
from projects.models import Project
from quality.services.arrays import Longs, Votes, load_votes
from quality.services.fields import Asked
from quality.services.gold_answers import gold_codes
from quality.services.methods import infer
from stats.arrays import Bools, Codes
from stats.consensus.answers import Answers
from stats.consensus.result import Consensus
from stats.consensus.robust import robust_consensus
from stats.ordinal.consensus import rating_consensus
from stats.trust.by_others import skill_and_sums
from stats.trust.effective import ByOthers
from stats.trust.since_fit import CrowdSums, PeopleSums

# Beyond these sizes (cells of dense tables) people's matrices are not estimated. Trust is then how often the
# others agree, as for what is compared by distance, and a vote counts as much.
MOST_MATRIX_CELLS = 20_000_000
MOST_POSTERIOR_CELLS = 60_000_000

# Raise the version when the same votes may come to something else than before: exports name it.
METHOD_VERSION = 9


@dataclass(frozen=True, eq=False)
class UnitFit:
    """The fit of one unit of a field. ``tasks`` and ``users`` are ids, ascending; ``codes`` the classes.

    ``consensus`` is by the project's method; ``trusted`` the default's, on which people's trust stands.
    """

    unit: str
    codes: tuple[str, ...]
    tasks: Longs
    users: Longs
    answers: Answers
    consensus: Consensus
    trusted: Consensus

    def shares(self, task_ids: Longs) -> Shares:
        """The posterior of these tasks as the label types take it, unknown where there is no vote."""
        place = np.minimum(np.searchsorted(self.tasks, task_ids), self.tasks.size - 1)
        shares = self.consensus.posterior[place]
        shares[self.tasks[place] != task_ids] = np.nan
        return Shares(self.codes, shares)

    @cached_property
    def judged(self) -> tuple[ByOthers, CrowdSums, PeopleSums]:
        """What the others, and gold, tell of each person, and what to keep of it for answers to come."""
        return skill_and_sums(self.answers, self.trusted)

    @property
    def by_others(self) -> ByOthers:
        """What the others, and gold, tell of each person."""
        return self.judged[0]


@dataclass(frozen=True, eq=False)
class FieldFit:
    """All units of one field; empty where votes cannot be counted or are too many for matrices."""

    asked: Asked
    units: Mapping[str, UnitFit]
    votes: int = 0

    @property
    def is_too_large(self) -> bool:
        """Whether there are votes, and matrices of as many people and classes would not fit."""
        return bool(self.votes) and not self.units

    def inferred(self, task_ids: Longs) -> Inferred:
        """Unit → probabilities of these tasks."""
        return {unit: fit.shares(task_ids) for unit, fit in self.units.items()}


def fit_field(project: Project, asked: Asked) -> FieldFit:
    """Infer a field from all its votes, with the answers of gold tasks as certain. Same votes, same bits."""
    if not asked.codes:
        return FieldFit(asked, {})
    votes = load_votes(project, asked.name)
    gold = gold_codes(project, asked)
    units: dict[str, UnitFit] = {}
    for number, name in sorted(votes.units.items(), key=lambda pair: pair[1]):
        rows = votes.unit == number
        fit = _fit_unit(asked, votes, rows, name, gold.get(name, {}), project.consensus_method)
        if fit is not None:
            units[name] = fit
    return FieldFit(asked, units, votes.unit.size)


def _fit_unit(
    asked: Asked, votes: Votes, rows: Bools, unit: str, gold: Mapping[int, str], method: str
) -> UnitFit | None:
    names = set(asked.codes)
    known = [code for code, text in votes.codes.items() if text in names]
    rows = rows & np.isin(votes.code, known)
    tasks, task = np.unique(votes.task[rows], return_inverse=True)
    users, user = np.unique(votes.user[rows], return_inverse=True)
    classes = _classes(asked, votes, votes.code[rows], gold)
    size = len(classes)
    if not tasks.size or not _fits(tasks.size, users.size, size):
        return None
    place = {text: index for index, text in enumerate(classes)}
    table = np.full(max(votes.codes, default=0) + 1, -1, dtype=np.int32)
    for code, text in votes.codes.items():
        table[code] = place.get(text, -1)
    answers = Answers(
        task=task.astype(np.int32),
        worker=user.astype(np.int32),
        label=table[votes.code[rows]],
        n_tasks=tasks.size,
        n_workers=users.size,
        n_classes=size,
        gold=_gold_column(tasks, gold, place),
    )
    is_ordered = asked.label_type.scale(asked.field) == "ordinal"
    trusted = (rating_consensus if is_ordered else robust_consensus)(answers)
    return UnitFit(unit, classes, tasks, users, answers, infer(method, answers, trusted), trusted)


def _classes(asked: Asked, votes: Votes, codes: Longs, gold: Mapping[int, str]) -> tuple[str, ...]:
    """All codes of a small field, those that occur of a large one, in the ontology's order."""
    every = asked.codes
    if len(every) <= 20:
        return tuple(every)
    seen = {votes.codes[int(code)] for code in np.unique(codes)} | set(gold.values())
    return tuple(code for code in every if code in seen)


def _fits(tasks: int, users: int, classes: int) -> bool:
    return users * classes**2 <= MOST_MATRIX_CELLS and tasks * classes <= MOST_POSTERIOR_CELLS


def _gold_column(tasks: Longs, gold: Mapping[int, str], place: Mapping[str, int]) -> Codes | None:
    if not gold:
        return None
    column = np.full(tasks.size, -1, dtype=np.int32)
    for task_id, code in gold.items():
        at = int(np.searchsorted(tasks, task_id))
        if at < tasks.size and tasks[at] == task_id and code in place:
            column[at] = place[code]
    return column
