"""What is known of a crowd when a few of its answers are judged.

This runs for every answer: so rows stay rows, and what several judgements need is read once for all, by
``quality.services.at_once``.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, cast

import numpy as np

from accounts.statements import Prepared
from formats.strictjson import stored
from labeltypes.base import JsonObject
from quality.services.merging import Answer, Weights
from quality.services.sums import pack
from quality.services.trust import CONSENSUS, GOLD, LEAST_JUDGED
from stats.arrays import Floats
from stats.consensus.posterior import log_marginals
from stats.intervals.beta import probabilities_below
from stats.trust.since_fit import CrowdSums, newcomers

# How sure we must be that somebody is below the project's bound before their answers get a second look.
SURE_ENOUGH = 0.8

# Figures per class only of the fields on which they follow single answers: there may be a thousand classes.
PEOPLE = Prepared(
    "trust_of_people",
    """
SELECT id, user_id, field, label, basis, n, correct, accuracy, CASE WHEN label = '' THEN confusion::text END
FROM quality_trust WHERE project_id = %(project)s AND user_id = ANY(%(people)s)
    AND (label = '' OR field = ANY(%(followed)s))
""",
    project="bigint",
    people="bigint[]",
    followed="varchar[]",
)


@dataclass(frozen=True, eq=False)
class StoredModel:
    """One unit of a ``FittedModel``; ``crowd``: None where trust does not follow single answers to it.

    A process keeps it as long as the fit stands, and what follows from it.
    """

    unit: str
    codes: list[str]
    marginals: Floats
    pooled: Floats
    temper: float
    method: str
    difficulty: float
    crowd: CrowdSums | None

    @cached_property
    def place(self) -> dict[str, int]:
        """Of each code."""
        return {code: index for index, code in enumerate(self.codes)}

    @cached_property
    def log_marginals(self) -> Floats:
        """(K,)"""
        return log_marginals(self.marginals)

    @cached_property
    def usual(self) -> list[list[float]]:
        """The matrix of whom the fit knows nothing of."""
        matrix: list[list[float]] = self.pooled.tolist()
        return matrix

    @cached_property
    def newcomer(self) -> Floats:
        """(1, S) the sums of whom the fit knows nothing of."""
        if self.crowd is None:
            return np.zeros((1, 0))
        return pack(newcomers(self.crowd, 1))


class TrustRow(NamedTuple):
    """A row of ``Trust``; ``confusion`` as text, None for a class."""

    pk: int
    user_id: int
    field: str
    label: str
    basis: str
    n: float
    correct: float
    accuracy: float
    confusion: str | None


@dataclass(frozen=True)
class People:
    """What is known of some people."""

    rows: Sequence[TrustRow]

    @cached_property
    def weights(self) -> Weights:
        """(field, person) → accuracy by consensus: what these people's answers weigh in merging."""
        return {
            (row.field, row.user_id): row.accuracy
            for row in self.rows
            if row.field and not row.label and row.basis == CONSENSUS
        }

    def matrices(self, field: str) -> dict[int, dict[str, Any]]:
        """Person → unit → confusion matrix, by consensus."""
        return {
            row.user_id: cast("dict[str, Any]", stored(row.confusion))
            for row in self.rows
            if row.field == field and row.basis == CONSENSUS and row.confusion is not None
        }

    def distrusted(self, bound: float) -> dict[int, float]:
        """Those who are probably (80 %) below this bound → their accuracy. Gold speaks before consensus."""
        overall = [row for row in self.rows if not row.field and not row.label and row.n >= LEAST_JUDGED]
        by_user = {row.user_id: row for row in sorted(overall, key=lambda row: row.basis == GOLD)}
        found = [row for row in by_user.values() if not _clearly_above(bound, row.correct, row.n)]
        if not found:
            return {}
        correct, n = np.array([row.correct for row in found]), np.array([row.n for row in found])
        below = probabilities_below(bound, correct, n) >= SURE_ENOUGH
        return {row.user_id: row.accuracy for row, is_below in zip(found, below, strict=True) if is_below}


def _clearly_above(bound: float, correct: float, n: float) -> bool:
    """Whether ``probability_below`` is surely less than a half: no median lies farther from the mean than the
    standard deviation (H. Hotelling, L. M. Solomons, Ann. Math. Stat. 3 (1932) 141-142)."""
    mean = (1 + correct) / (2 + n)
    above = mean - bound
    return above > 0 and above * above * (3 + n) > mean * (1 - mean)


Models = Mapping[str, Sequence[StoredModel]]


@dataclass(frozen=True)
class Known:
    """``models``: of each field that the last full run fitted; ``gold``: accepted answers by task."""

    models: Models
    people: People
    gold: Mapping[int, list[JsonObject]]


def people_of(answers: Mapping[int, Sequence[Answer]]) -> set[int]:
    """Who gave them."""
    return {answer.user_id for given in answers.values() for answer in given}


def read_people(project_id: int, people: Collection[int], followed: Sequence[str] = ()) -> People:
    """What is known of these people; per class too on the fields ``followed``."""
    values = {"project": project_id, "people": list(people), "followed": list(followed)}
    return People([TrustRow(*row) for row in PEOPLE.rows(values)])
