"""Majority vote with fair ties."""

from dataclasses import dataclass

import numpy as np

from stats.arrays import Bools, Codes, Floats
from stats.consensus.answers import Answers


@dataclass(frozen=True, eq=False)
class Majority:
    """Shares of the vote and who won.

    share (n_tasks, n_classes): answers of the class over all answers; NaN row without answers
    pick  (n_tasks, n_classes): 1/t for each of the t tied winners, 0 elsewhere; NaN row without answers. The
          expected accuracy under fair ties is the mean of pick at the true class
    label (n_tasks,) the winner; -1 without answers, and on a tie unless a seed was given
    tied  (n_tasks,) whether several classes lead
    """

    share: Floats
    pick: Floats
    label: Codes
    tied: Bools


def majority_vote(answers: Answers, *, seed: int | None = None) -> Majority:
    """Count votes; break ties by a fair, reproducible draw when ``seed`` is given, and not at all otherwise.

    Gold counts as decided: its class has share and pick 1.
    """
    counts = answers.counts.astype(np.float64)
    is_top = (counts == counts.max(axis=1, keepdims=True)) & (answers.per_task > 0)[:, None]
    with np.errstate(invalid="ignore"):
        share = answers.clamp(counts / counts.sum(axis=1, keepdims=True))
        pick = answers.clamp(is_top / is_top.sum(axis=1, keepdims=True))
    leaders = (pick > 0).sum(axis=1)
    score = np.nan_to_num(pick)
    if seed is not None:
        score = score * (1 + np.random.default_rng(seed).random(score.shape))
    is_decided = leaders == 1 if seed is None else leaders >= 1
    label = np.where(is_decided, score.argmax(axis=1), -1).astype(np.int32)
    return Majority(share=share, pick=pick, label=label, tied=leaders > 1)


def vote_shares(answers: Answers) -> Floats:
    """(n_tasks, n_classes) shares of the vote, gold as certainty, zero rows where nothing is known."""
    total = np.maximum(answers.per_task, 1)[:, None]
    return answers.clamp(answers.counts / total)
