"""Where segments begin and end, from the boundaries that several people set, which may be shared."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from stats.arrays import Bools, Codes, Floats
from stats.regions.localization import Localization, fit_localization, weighted_places

NORMAL = 1.959964


class Clustered(Protocol):
    """Drawings by ``worker`` (n,) of segments ``place`` (n, 2), each in its ``cluster`` (n,) of one task.

    As ``stats.regions.detection.Drawings``; ``cluster_task`` (c,).
    """

    @property
    def worker(self) -> Codes:
        """Whose."""

    @property
    def place(self) -> Floats:
        """Start and end in seconds."""

    @property
    def cluster(self) -> Codes:
        """Which are of one segment."""

    @property
    def cluster_task(self) -> Codes:
        """Each cluster's recording."""


@dataclass(frozen=True, slots=True, eq=False)
class Boundaries:
    """``time`` (c, 2) seconds of the start and the end of every cluster of drawings, ``low`` and ``high`` the
    ends of their 95 % intervals; ``number`` (c, 2): equal where one segment ends as the next begins."""

    time: Floats
    low: Floats
    high: Floats
    number: Codes


@dataclass(frozen=True, slots=True, eq=False)
class _Marks:
    """What people set: boundary, person and time of each (m,), once per person and boundary."""

    boundary: Codes
    worker: Codes
    time: Floats


def boundary_noise(drawn: Clustered, trust: Floats, *, touch: float) -> Localization:
    """How exactly everybody (n_workers,) sets boundaries, in seconds."""
    number = _numbered(len(drawn.cluster_task), _shared(drawn, trust, touch))
    return _noise(_marks(drawn, number), number, trust.size)


def boundaries_under(drawn: Clustered, deviation: Floats, trust: Floats, *, touch: float) -> Boundaries:
    """Boundaries cluster by the segments they bound, and are averaged by trust and exactness.

    They weigh by ``trust`` (n_workers,) over everybody's squared noise ``deviation`` (n_workers,) in seconds.
    The end of one segment and the start of another are one boundary if those with half of the trust, of all
    who drew both, set them at most ``touch`` seconds apart with nothing of theirs in between. Where weights
    of its own would turn a segment around, both its ends are plain means, and unshared.
    """
    number = _numbered(len(drawn.cluster_task), _shared(drawn, trust, touch))
    return _placed(drawn, number, deviation, trust)


def _noise(marks: _Marks, number: Codes, people: int) -> Localization:
    return fit_localization(marks.boundary, marks.worker, marks.time[:, None], np.ones(number.size), people)


def _placed(drawn: Clustered, number: Codes, deviation: Floats, trust: Floats) -> Boundaries:
    size, variance = len(number), deviation**2
    found = _fused(_marks(drawn, number), variance, trust, number)
    turned = found.time[:, :1] >= found.time[:, 1:]
    if turned.any():
        apart = _numbered(size, np.zeros((0, 2), dtype=np.int32))
        level = np.full(trust.size, variance.max())
        plain = _fused(_marks(drawn, apart), level, np.ones(trust.size), apart)
        found = Boundaries(
            np.where(turned, plain.time, found.time),
            np.where(turned, plain.low, found.low),
            np.where(turned, plain.high, found.high),
            np.where(turned, apart + 2 * size, number).astype(np.int32),
        )
    _, place = np.unique(found.number, return_inverse=True)
    return Boundaries(found.time, found.low, found.high, place.reshape(size, 2).astype(np.int32))


def _numbered(size: int, shared: Codes) -> Codes:
    """A number for each start and end (c, 2); shared ones have the end's."""
    number = np.arange(2 * size, dtype=np.int32).reshape(size, 2)
    number[shared[:, 1], 0] = number[shared[:, 0], 1]
    return number


def _shared(drawn: Clustered, trust: Floats, touch: float) -> Codes:
    """Pairs of clusters (s, 2) of which the first ends where the second begins."""
    pairs = _following(drawn)
    near = np.abs(drawn.place[pairs[:, 1], 0] - drawn.place[pairs[:, 0], 1]) <= touch
    wanted, of_pair = np.unique(drawn.cluster[pairs[near]], axis=0, return_inverse=True)
    weight = trust[drawn.worker[pairs[near, 0]]]
    touching = np.bincount(of_pair.reshape(-1), weight, minlength=len(wanted))
    votes = np.bincount(of_pair.reshape(-1), minlength=len(wanted))
    taken_end: set[int] = set()
    taken_start: set[int] = set()
    kept: list[tuple[int, int]] = []
    # Equally wanted ones in the order of time: how clusters are numbered must not decide.
    even = weighted_places(drawn.cluster, np.ones(drawn.worker.size), drawn.place, len(drawn.cluster_task))
    order = np.lexsort((even[wanted[:, 1], 0], even[wanted[:, 0], 1], -votes, -touching.round(9)))
    for at in order.tolist():
        end, start = wanted[at].tolist()
        both = np.intersect1d(drawn.worker[drawn.cluster == end], drawn.worker[drawn.cluster == start])
        all_trust = float(trust[both].sum())
        half = touching[at] >= all_trust / 2 - 1e-12 if all_trust > 0 else votes[at] >= both.size / 2
        if half and end not in taken_end and start not in taken_start:
            kept.append((end, start))
            taken_end.add(end)
            taken_start.add(start)
    return np.array(kept, dtype=np.int32).reshape(-1, 2)


def _following(drawn: Clustered) -> Codes:
    """Every drawing and the next one of the same person in the same task, as rows (f, 2)."""
    task = drawn.cluster_task[drawn.cluster]
    order = np.lexsort((drawn.place[:, 1], drawn.place[:, 0], drawn.worker, task))
    one, next_one = order[:-1], order[1:]
    same: Bools = (task[one] == task[next_one]) & (drawn.worker[one] == drawn.worker[next_one])
    return np.stack([one[same], next_one[same]], axis=1).astype(np.int32)


def _marks(drawn: Clustered, number: Codes) -> _Marks:
    """A person who set a shared boundary twice has one mark there, between the two."""
    boundary = number[drawn.cluster].T.ravel()
    pairs, mark = np.unique(
        np.stack([boundary, np.concatenate([drawn.worker, drawn.worker])]), axis=1, return_inverse=True
    )
    mark = mark.reshape(-1)
    time = np.bincount(mark, drawn.place[:, :2].T.ravel()) / np.maximum(np.bincount(mark), 1)
    return _Marks(pairs[0].astype(np.int32), pairs[1].astype(np.int32), time)


def _fused(marks: _Marks, variance: Floats, trust: Floats, number: Codes) -> Boundaries:
    size = 2 * len(number)
    own = variance[marks.worker]
    weight = trust[marks.worker] / own
    total = np.bincount(marks.boundary, weight, minlength=size)
    # Where nobody who is trusted set a boundary the others' word counts.
    weight = np.where(total[marks.boundary] > 0, weight, 1 / own)
    total = np.maximum(np.bincount(marks.boundary, weight, minlength=size), 1e-300)
    time = np.bincount(marks.boundary, weight * marks.time, minlength=size) / total
    error = np.sqrt(np.bincount(marks.boundary, weight**2 * own, minlength=size)) / total
    off = NORMAL * error[number]
    return Boundaries(time[number], time[number] - off, time[number] + off, number)
