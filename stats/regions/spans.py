"""Merging spans that several people marked in one text or recording."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike

from stats.arrays import as_floats, as_weights
from stats.numbers.weighted import weighted_median

S = TypeVar("S", bound=Hashable)


@dataclass(frozen=True, slots=True)
class SpanVote:
    """One distinct span as marked, the indices of the annotators who marked it, and their share of weight."""

    span: Hashable
    annotators: tuple[int, ...]
    support: float


@dataclass(frozen=True, slots=True)
class Run:
    """A half-open stretch over which the support is at least the threshold, and its mean support."""

    start: float
    end: float
    support: float


def vote_spans(answers: Sequence[Sequence[S]], weights: ArrayLike | None = None) -> tuple[SpanVote, ...]:
    """Support of every distinct span, e.g. (start, end, class), in order of first appearance.

    ``answers[i]`` are the spans of annotator i (doubles count once); ``weights`` (n,), >= 0. Support in [0,
    1]. No answers or no weight: nothing.
    """
    weight = as_weights(weights, "weights", size=len(answers))
    total = weight.sum()
    if total == 0:
        return ()
    voters: dict[S, list[int]] = {}
    for annotator, spans in enumerate(answers):
        for span in dict.fromkeys(spans):
            voters.setdefault(span, []).append(annotator)
    return tuple(SpanVote(s, tuple(who), float(weight[who].sum() / total)) for s, who in voters.items())


def covered_runs(
    answers: Sequence[Sequence[tuple[float, float]]],
    weights: ArrayLike | None = None,
    *,
    threshold: float = 0.5,
) -> tuple[Run, ...]:
    """Maximal stretches covered by annotators with at least ``threshold`` of all weight.

    ``answers[i]`` are half-open (start, end) of annotator i; overlapping spans of one annotator count once.
    Support in [threshold, 1] is averaged over the stretch by length. No answers or no weight: nothing.
    """
    weight = as_weights(weights, "weights", size=len(answers))
    total = weight.sum()
    cuts = np.unique(
        np.array([edge for spans in answers for span in spans for edge in span], dtype=np.float64)
    )
    if total == 0 or cuts.size == 0:
        return ()
    support = np.zeros(cuts.size - 1)
    for share, spans in zip(weight / total, answers, strict=True):
        covered = np.zeros(cuts.size - 1, dtype=np.bool_)
        for start, end in spans:
            covered[np.searchsorted(cuts, start) : np.searchsorted(cuts, end)] = True
        support += share * covered
    return _runs(cuts, support, threshold)


def _runs(
    cuts: np.typing.NDArray[np.float64], support: np.typing.NDArray[np.float64], threshold: float
) -> tuple[Run, ...]:
    inside = np.concatenate([[False], support >= threshold - 1e-12, [False]])
    edges = np.flatnonzero(np.diff(inside.astype(np.int8)))
    lengths = np.diff(cuts)
    return tuple(
        Run(float(cuts[a]), float(cuts[b]), float(np.average(support[a:b], weights=lengths[a:b])))
        for a, b in zip(edges[::2], edges[1::2], strict=True)
    )


def median_span(spans: ArrayLike, weights: ArrayLike | None = None) -> tuple[float, float] | None:
    """Weighted median of starts and of ends of one cluster's spans (n, 2); None without spans or weight.

    The result is never empty where no input was, because start <= end holds for every member.
    """
    raw = np.asarray(spans, dtype=np.float64)
    array = as_floats(raw.reshape(-1, 2) if raw.size == 0 else raw, "spans", ndim=2)
    start, end = weighted_median(array[:, 0], weights), weighted_median(array[:, 1], weights)
    return None if start is None or end is None else (start, end)
