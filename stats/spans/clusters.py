"""Span-level inference: is there something, how far does it reach, and what is it."""

from dataclasses import dataclass

import numpy as np

from stats.arrays import Codes, Floats
from stats.regions.detection import region_consensus
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

    ``unseen`` is the expected number of spans that nobody marked, in all texts.
    """

    task: Codes
    start: Codes
    end: Codes
    label: Codes
    probability: Floats
    unseen: float


def cluster_candidates(marked: Marks) -> Candidates:
    """Existence by ``region_consensus``; boundaries and class by votes with everybody's accuracy at each."""
    found = region_consensus(
        marked.task,
        marked.worker,
        np.stack([marked.start, marked.end], axis=1).astype(np.float64),
        n_tasks=marked.n_tasks,
        n_workers=marked.n_workers,
        views=(marked.view_task, marked.view_worker),
        iou=span_iou,
        limit=SAME_SPAN,
    )
    reach = np.stack([found.cluster, marked.start, marked.end])
    kind = np.stack([found.cluster, marked.label])
    of_reach, reach_share = _vote(reach, marked, BOUNDARIES)
    of_kind, kind_share = _vote(kind, marked, max(marked.n_classes - 1.0, 1.0))
    # Boundaries and classes are judged apart, so every pair that somebody marked is a candidate.
    both, first = np.unique(np.stack([of_reach, of_kind]), axis=1, return_index=True)
    probability = found.probability[found.cluster[first]] * reach_share[both[0]] * kind_share[both[1]]
    return Candidates(
        marked.task[first],
        marked.start[first],
        marked.end[first],
        marked.label[first],
        probability,
        float(found.existence.unseen.sum()),
    )


def _vote(key: Codes, marked: Marks, wrong: float) -> tuple[Codes, Floats]:
    """Number of each mark's alternative, and the alternatives' probabilities within their cluster.

    ``key`` (k, n): the cluster first; equal columns are one alternative. ``wrong``: ways to be wrong.
    """
    options, option = np.unique(key, axis=1, return_inverse=True)
    option = option.reshape(-1)
    group = options[0]
    alone = (np.bincount(key[0]) < 2)[key[0]]
    worker = marked.worker
    accuracy = np.full(marked.n_workers, 0.8)
    share = np.ones(group.size)
    for _ in range(ROUNDS if option.size else 0):
        weight = np.log(accuracy * wrong / (1 - accuracy))[worker]
        logs = np.bincount(option, weight, minlength=group.size).astype(np.float64)
        share = _within(logs, group)
        # As the others in the cluster see it, without the mark itself.
        total = np.bincount(group, np.exp(logs), minlength=int(group.max()) + 1)
        mine = np.exp(logs[option])
        left = np.exp(logs[option] - weight)
        others = left / (total[key[0]] - mine + left)
        said = np.bincount(worker, ~alone, minlength=marked.n_workers)
        right = np.bincount(worker, others * ~alone, minlength=marked.n_workers)
        pooled = (right.sum() + 8) / (said.sum() + 10)
        accuracy = np.clip((right + STRENGTH * pooled) / (said + STRENGTH), 0.05, 0.98)
    return option.astype(np.int32), share


def _within(logs: Floats, group: Codes) -> Floats:
    top = np.full(int(group.max()) + 1, -np.inf)
    np.maximum.at(top, group, logs)
    raised = np.exp(logs - top[group])
    shares: Floats = raised / np.bincount(group, raised)[group]
    return shares
