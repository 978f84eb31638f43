"""All that the comparison of methods reads of one unit's fit, and how it is written down until then."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from formats.strictjson import dumps, stored
from quality.services.arrays import Longs
from quality.services.inference import METHOD_VERSION, UnitFit
from stats.arrays import Codes, Floats
from stats.consensus.answers import Answers

SMALL = (np.int8, np.int16, np.int32, np.int64)


@dataclass(frozen=True, eq=False)
class ComparedFit:
    """``tasks`` (n_tasks,) are ids, ascending; ``codes`` the classes.

    ``chosen`` is the project's method, ``label`` and ``confidence`` (n_tasks,) what it says; ``default``
    (n_tasks,) and ``marginals`` (n_classes,) are labels and class shares of the default.
    """

    chosen: str
    codes: Sequence[str]
    tasks: Longs
    answers: Answers
    label: Codes
    confidence: Floats
    default: Codes
    marginals: Floats

    @classmethod
    def of(cls, unit: UnitFit, chosen: str) -> "ComparedFit":
        """What a full run has in memory."""
        now, trusted = unit.consensus, unit.trusted
        return cls(
            chosen,
            unit.codes,
            unit.tasks,
            unit.answers,
            now.label,
            now.confidence,
            trusted.label,
            trusted.marginals,
        )

    def key(self) -> str:
        """A digest of all of it."""
        said = METHOD_VERSION, self.chosen, tuple(self.codes), self.answers.n_workers
        digest = blake2b(repr(said).encode(), digest_size=16)
        answers = self.answers
        columns = self.tasks, answers.task, answers.worker, answers.label, answers.gold, self.label
        for column in (*columns, self.confidence, self.default, self.marginals):
            digest.update(b"|" if column is None else np.ascontiguousarray(column).tobytes())
        return digest.hexdigest()

    def packed(self) -> bytes:
        """About eight bytes an answer: ids and codes as differences or themselves, in the fewest bytes."""
        answers = self.answers
        head = {"chosen": self.chosen, "codes": list(self.codes), "people": answers.n_workers}
        none = np.empty(0, dtype=np.int32)
        file = io.BytesIO()
        for column in (
            np.frombuffer(dumps(head), dtype=np.uint8),
            _small(np.diff(self.tasks, prepend=0)),
            _small(np.diff(answers.task, prepend=0)),
            _small(answers.worker),
            _small(answers.label),
            _small(none if answers.gold is None else answers.gold),
            _small(self.label),
            self.confidence,
            _small(self.default),
            self.marginals,
        ):
            np.save(file, column, allow_pickle=False)
        return file.getvalue()

    @classmethod
    def unpacked(cls, packed: bytes) -> "ComparedFit":
        """The inverse, to the bit."""
        file = io.BytesIO(packed)
        columns = [np.load(file, allow_pickle=False) for _ in range(10)]
        head: Any = stored(columns[0].tobytes().decode())
        tasks = np.cumsum(columns[1], dtype=np.int64)
        worker, said, gold, label = (column.astype(np.int32) for column in columns[3:7])
        answers = Answers(
            task=np.cumsum(columns[2], dtype=np.int64).astype(np.int32),
            worker=worker,
            label=said,
            n_tasks=tasks.size,
            n_workers=head["people"],
            n_classes=len(head["codes"]),
            gold=gold if gold.size else None,
        )
        confidence, default, marginals = columns[7:]
        return cls(
            head["chosen"],
            head["codes"],
            tasks,
            answers,
            label,
            confidence,
            default.astype(np.int32),
            marginals,
        )


def key_of(units: Mapping[str, ComparedFit]) -> str:
    """A digest of a field's fits, by unit."""
    said = [(name, units[name].key()) for name in sorted(units)]
    return blake2b(repr(said).encode(), digest_size=16).hexdigest()


def _small(column: NDArray[Any]) -> NDArray[Any]:
    """In the smallest type that holds every value."""
    low, high = (int(column.min()), int(column.max())) if column.size else (0, 0)
    kind = next(each for each in SMALL if np.iinfo(each).min <= low and high <= np.iinfo(each).max)
    return column.astype(kind)
