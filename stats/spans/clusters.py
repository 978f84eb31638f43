"""Span-level inference: is there something, how far does it reach, and what is it."""

from dataclasses import dataclass, replace

import numpy as np

from stats.arrays import Codes, Floats
from stats.regions.detection import Drawings, RegionModel, drawings, fit_regions
from stats.regions.existence import best_by_expected_f1, existence_under
from stats.regions.iou import span_iou
from stats.spans.marks import Marks

STRENGTH = 8.0
BOUNDARIES = 3.0
ROUNDS = 15
# Spans that share a third of what they cover together are one.
SAME_SPAN = 0.7


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Distinct spans (n,) that somebody marked, with the probability that just this one is right.

    ``unseen`` (n_tasks,) expected spans that nobody marked; ``cluster`` (n,) groups what can only be right
    one at a time; ``of_mark`` (n_marks,) is each mark's candidate.
    """

    task: Codes
    start: Codes
    end: Codes
    label: Codes
    probability: Floats
    unseen: Floats
    cluster: Codes
    of_mark: Codes


@dataclass(frozen=True, slots=True, eq=False)
class SpanModel:
    """What a project's marks say of its people: ``ends`` and ``kinds`` (n_workers,) are how often a person's
    boundaries and classes are right; spans with at least the probability ``threshold`` are kept."""

    regions: RegionModel
    ends: Floats
    kinds: Floats
    threshold: float


def cluster_candidates(marked: Marks) -> Candidates:
    """Existence by ``region_consensus``; boundaries and class by votes with everybody's accuracy at each."""
    drawn = span_drawings(marked)
    return candidates_under(fit_spans(marked, drawn), marked, drawn)


def span_drawings(marked: Marks) -> Drawings:
    """Which marks are of one span."""
    return drawings(
        marked.task,
        marked.worker,
        np.stack([marked.start, marked.end], axis=1).astype(np.float64),
        n_tasks=marked.n_tasks,
        n_workers=marked.n_workers,
        views=(marked.view_task, marked.view_worker),
        iou=span_iou,
        limit=SAME_SPAN,
    )


def fit_spans(marked: Marks, drawn: Drawings) -> SpanModel:
    """Learn everybody's rates from all marks of a project."""
    regions = fit_regions(drawn)
    ends = _accuracy(_reach(marked, drawn), marked, BOUNDARIES)
    kinds = _accuracy(_kind(marked, drawn), marked, _other_classes(marked))
    model = SpanModel(regions, ends, kinds, 0.0)
    found = candidates_under(model, marked, drawn)
    _, score = best_by_expected_f1(found.probability, float(found.unseen.sum()))
    return replace(model, threshold=score / 2)


def candidates_under(model: SpanModel, marked: Marks, drawn: Drawings) -> Candidates:
    """The candidates in some texts under a model."""
    existence = existence_under(model.regions.sight, drawn.sight)
    of_reach, reach_share = _vote(_reach(marked, drawn), model.ends, marked, BOUNDARIES)
    of_kind, kind_share = _vote(_kind(marked, drawn), model.kinds, marked, _other_classes(marked))
    # Boundaries and classes are judged apart, so every pair that somebody marked is a candidate.
    both, first, candidate = np.unique(
        np.stack([of_reach, of_kind]), axis=1, return_index=True, return_inverse=True
    )
    probability = existence.probability[drawn.cluster[first]] * reach_share[both[0]] * kind_share[both[1]]
    return Candidates(
        marked.task[first],
        marked.start[first],
        marked.end[first],
        marked.label[first],
        probability,
        existence.unseen,
        drawn.cluster[first],
        candidate.reshape(-1).astype(np.int32),
    )


def _reach(marked: Marks, drawn: Drawings) -> Codes:
    return np.stack([drawn.cluster, marked.start, marked.end])


def _kind(marked: Marks, drawn: Drawings) -> Codes:
    return np.stack([drawn.cluster, marked.label])


def _other_classes(marked: Marks) -> float:
    return max(marked.n_classes - 1.0, 1.0)


def _options(key: Codes) -> tuple[Codes, Codes]:
    """Of each mark the number of its alternative, and of each alternative its cluster.

    ``key`` (k, n): the cluster first; equal columns are one alternative.
    """
    options, option = np.unique(key, axis=1, return_inverse=True)
    return option.reshape(-1).astype(np.int32), options[0]


def _vote(key: Codes, accuracy: Floats, marked: Marks, wrong: float) -> tuple[Codes, Floats]:
    """Number of each mark's alternative, and the alternatives' probabilities within their cluster.

    ``wrong``: ways to be wrong.
    """
    option, group = _options(key)
    if not option.size:
        return option, np.ones(0)
    weight = np.log(accuracy * wrong / (1 - accuracy))[marked.worker]
    logs = np.bincount(option, weight, minlength=group.size).astype(np.float64)
    return option, _within(logs, group)


def _accuracy(key: Codes, marked: Marks, wrong: float) -> Floats:
    """How often each person's alternative is right (n_workers,), as the others see it; shrunk."""
    option, group = _options(key)
    alone = (np.bincount(key[0]) < 2)[key[0]]
    worker = marked.worker
    accuracy = np.full(marked.n_workers, 0.8)
    for _ in range(ROUNDS if option.size else 0):
        weight = np.log(accuracy * wrong / (1 - accuracy))[worker]
        logs = np.bincount(option, weight, minlength=group.size).astype(np.float64)
        # Without the mark itself.
        total = np.bincount(group, np.exp(logs), minlength=int(group.max()) + 1)
        mine = np.exp(logs[option])
        left = np.exp(logs[option] - weight)
        others = left / (total[key[0]] - mine + left)
        said = np.bincount(worker, ~alone, minlength=marked.n_workers)
        right = np.bincount(worker, others * ~alone, minlength=marked.n_workers)
        pooled = (right.sum() + 8) / (said.sum() + 10)
        accuracy = np.clip((right + STRENGTH * pooled) / (said + STRENGTH), 0.05, 0.98)
    return accuracy


def _within(logs: Floats, group: Codes) -> Floats:
    top = np.full(int(group.max()) + 1, -np.inf)
    np.maximum.at(top, group, logs)
    raised = np.exp(logs - top[group])
    shares: Floats = raised / np.bincount(group, raised)[group]
    return shares
