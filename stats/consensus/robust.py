"""The default consensus: Dawid-Skene with every worker's matrix shrunk towards the crowd's pooled one."""

import numpy as np

from stats.arrays import Floats
from stats.consensus.answers import Answers
from stats.consensus.em import Prior, Stopping, normalize_rows, run_em
from stats.consensus.result import Consensus


def robust_consensus(
    answers: Answers, *, strength: float = 3.0, diagonal: float = 1.0, stopping: Stopping | None = None
) -> Consensus:
    """Maximum a posteriori EM whose prior is the pooled confusion matrix, itself re-estimated in every step.

    Every worker's row gets ``strength`` pseudo-answers spread like the whole crowd's row, and ``diagonal``
    right ones. Somebody with three answers is thus judged like the crowd, somebody with three hundred by
    their own record; with sparse data it behaves like a majority vote that knows the crowd's common
    confusions. Both >= 0 (ValueError). Inputs, gold and undefined cases as in ``dawid_skene``. The defaults
    were chosen on simulated crowds and three public sets; docs/ml-engineers/quality-mathematics.md has the
    numbers.
    """
    if strength < 0 or diagonal < 0:
        message = "strength and diagonal must not be negative"
        raise ValueError(message)
    prior = _towards_pooled(answers.n_classes, strength, diagonal)
    return run_em(answers, prior=prior, class_prior=1.0, stopping=stopping or Stopping())


def _towards_pooled(size: int, strength: float, diagonal: float) -> Prior:
    identity = np.eye(size)
    even = np.full((size, size), 1 / size)

    def prior(together: Floats) -> Floats:
        # A class nobody has been seen on yet is taken as mostly recognized rather than as pure noise.
        center = normalize_rows(together + even + identity, even)
        return strength * center + diagonal * identity

    return prior
