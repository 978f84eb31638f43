"""The default for spans of a project: span-level votes, and the token model as far as it predicts."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from stats.arrays import Bools, Codes, Floats
from stats.regions.existence import best_by_expected_f1
from stats.spans.clusters import Candidates, cluster_candidates
from stats.spans.marks import Marks, marks
from stats.spans.sequence import fit_tags

# Shares of the token model that are tried.
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
EVIDENCE = 2.0
LEAST_VIEWERS = 3
LEAST_TEXTS = 20


@dataclass(frozen=True, slots=True, eq=False)
class SpanConsensus:
    """Every distinct span (n,) that somebody marked, by text, start, end and class.

    ``probability`` that just this span is right; ``kept``: the set without overlaps of greatest expected F1,
    which is ``expected_f1``. ``token_share`` in [0, 1] is the token model's part in the probabilities;
    ``gain`` maps each share that was tried to its gain in held-out log-likelihood.
    """

    task: Codes
    start: Codes
    end: Codes
    label: Codes
    probability: Floats
    kept: Bools
    expected_f1: float
    token_share: float
    gain: Mapping[float, float]


def span_consensus(
    task: ArrayLike,
    worker: ArrayLike,
    start: ArrayLike,
    end: ArrayLike,
    label: ArrayLike,
    *,
    length: ArrayLike,
    n_workers: int,
    n_classes: int,
    views: tuple[ArrayLike, ArrayLike] | None = None,
    allow_overlap: bool = False,
) -> SpanConsensus:
    """Merge spans given as parallel columns (n_marks,): half-open ``start`` and ``end`` in tokens, class.

    ``length`` (n_tasks,): tokens per text. ``views``: task and worker of everybody who looked; needed where
    somebody marked nothing. Span level: ``cluster_candidates``. Token level: ``fit_tags``. One person per
    text with at least three is held out; the token model gets the share that predicts best which candidates
    this person marks, if better than none by two standard errors. Which spans are kept follows from the
    probabilities, not from a count of votes. Nobody marked anything: nothing. Same input, same bits; order
    and repetition of marks do not matter. Raises ValueError for codes, places or lengths out of range.
    """
    marked = marks(
        task, worker, start, end, label,
        n_workers=n_workers, n_classes=n_classes, length=length, views=views,
    )  # fmt: skip
    if not marked.task.size:
        none = np.zeros(0, dtype=np.int32)
        empty = np.zeros(0)
        return SpanConsensus(none, none, none, none, empty, empty.astype(np.bool_), 0.0, 0.0, {})
    share, gain = _share(marked)
    found = cluster_candidates(marked)
    probability = found.probability
    if share > 0:
        probability = (1 - share) * probability + share * _by_tokens(marked, found)
    kept, score = best_by_expected_f1(probability, float(found.unseen.sum()))
    if not allow_overlap:
        kept = _without_overlaps(found, probability, kept)
    return SpanConsensus(
        found.task, found.start, found.end, found.label, probability, kept, score, share, gain
    )


def _by_tokens(marked: Marks, found: Candidates) -> Floats:
    return fit_tags(marked).span_probability(found.task, found.start, found.end, found.label)


def _share(marked: Marks) -> tuple[float, dict[float, float]]:
    """The token model's share, and what each share gains over none."""
    held = _held_out(marked)
    if held.sum() < LEAST_TEXTS:
        return 0.0, {}
    keys = marked.view_task.astype(np.int64) * marked.n_workers + marked.view_worker
    own = held[np.searchsorted(keys, marked.task.astype(np.int64) * marked.n_workers + marked.worker)]
    kept = replace(
        _only(marked, ~own), view_task=marked.view_task[~held], view_worker=marked.view_worker[~held]
    )
    if not kept.task.size or not own.any():
        return 0.0, {}
    found = cluster_candidates(kept)
    judged = np.isin(found.task, marked.view_task[held])
    seen = {*zip(*(column[own].tolist() for column in _place(marked)), strict=True)}
    is_marked = np.array([key in seen for key in zip(*(c.tolist() for c in _place(found)), strict=True)])
    tokens = _by_tokens(kept, found)
    logs = {
        share: _fit_of((1 - share) * found.probability + share * tokens, is_marked, judged)
        for share in SHARES
    }
    best, most, gain = 0.0, 0.0, {}
    for share in SHARES:
        better = logs[share] - logs[0.0]
        gain[share] = float(better.sum())
        by_text = np.bincount(found.task[judged], better, minlength=marked.n_tasks)
        if gain[share] > max(most, EVIDENCE * float(np.sqrt((by_text**2).sum()))):
            best, most = share, gain[share]
    return best, gain


def _held_out(marked: Marks) -> Bools:
    """One view per text with enough of them, another person's from text to text."""
    count = np.bincount(marked.view_task, minlength=marked.n_tasks)
    first = np.cumsum(count) - count
    place = np.arange(marked.view_task.size) - first[marked.view_task]
    # A step that shares no factor with small numbers of viewers goes through all of them.
    chosen = (np.arange(marked.n_tasks) * 7919) % np.maximum(count, 1)
    held: Bools = (place == chosen[marked.view_task]) & (count[marked.view_task] >= LEAST_VIEWERS)
    return held


def _only(marked: Marks, rows: Bools) -> Marks:
    return replace(
        marked,
        task=marked.task[rows],
        worker=marked.worker[rows],
        start=marked.start[rows],
        end=marked.end[rows],
        label=marked.label[rows],
    )


def _place(spans: Marks | Candidates) -> tuple[Codes, Codes, Codes, Codes]:
    return spans.task, spans.start, spans.end, spans.label


def _fit_of(probability: Floats, is_marked: Bools, judged: Bools) -> Floats:
    """Log-likelihood of what was marked, if right and wrong spans are marked at two rates; these by EM."""
    p, y = np.clip(probability[judged], 1e-6, 1 - 1e-6), is_marked[judged]
    right, wrong = 0.6, 0.1
    for _ in range(50):
        q = right * p + wrong * (1 - p)
        is_right = np.where(y, right * p / q, (1 - right) * p / (1 - q))
        right = float(np.clip((is_right[y].sum() + 1) / (is_right.sum() + 2), 1e-3, 1 - 1e-3))
        wrong = float(np.clip(((1 - is_right)[y].sum() + 0.1) / ((1 - is_right).sum() + 1), 1e-4, 1 - 1e-3))
    q = right * p + wrong * (1 - p)
    logs: Floats = np.log(np.where(y, q, 1 - q))
    return logs


def _without_overlaps(found: Candidates, probability: Floats, kept: Bools) -> Bools:
    """Of kept spans that overlap the most probable stays; equal ones by place."""
    order = np.lexsort((found.label, found.end, found.start, found.task, -np.round(probability, 9)))
    taken: dict[int, list[tuple[int, int]]] = {}
    result = np.zeros(kept.size, dtype=np.bool_)
    for index in order[kept[order]].tolist():
        start, end = int(found.start[index]), int(found.end[index])
        here = taken.setdefault(int(found.task[index]), [])
        if all(end <= other or until <= start for other, until in here):
            here.append((start, end))
            result[index] = True
    return result
