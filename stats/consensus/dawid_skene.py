"""Dawid-Skene: every worker has a confusion matrix, estimated together with the truth."""

import numpy as np
from numpy.typing import ArrayLike

from stats.arrays import Floats, as_floats
from stats.consensus.answers import Answers
from stats.consensus.em import Stopping, run_em
from stats.consensus.result import Consensus


def dawid_skene(
    answers: Answers,
    *,
    prior: ArrayLike | None = None,
    class_prior: float = 0.0,
    stopping: Stopping | None = None,
) -> Consensus:
    """Maximum likelihood by EM from the vote shares; maximum a posteriori with ``prior``.

    ``prior`` (n_classes, n_classes) are pseudo-counts added to every worker's expected counts, rows = truth;
    None or zeros give plain EM, which overfits workers with few answers: use ``robust_consensus`` by default
    and this one to reproduce others' numbers. ``class_prior`` >= 0 is added to every class. Gold classes are
    clamped in every step. No answers: uniform marginals, all labels -1. Deterministic to the bit.

    Source: A. P. Dawid, A. M. Skene, Applied Statistics 28 (1979) 20-28.
    """
    size = answers.n_classes
    pseudo = np.zeros((size, size)) if prior is None else as_floats(prior, "prior", ndim=2)
    if pseudo.shape != (size, size) or pseudo.min() < 0 or class_prior < 0:
        message = "prior must be (n_classes, n_classes), and priors must not be negative"
        raise ValueError(message)
    return run_em(answers, prior=lambda _: pseudo, class_prior=class_prior, stopping=stopping or Stopping())


def diagonal_prior(n_classes: int, *, everywhere: float = 0.5, diagonal: float = 2.0) -> Floats:
    """Pseudo-counts for ``dawid_skene`` that say "better than chance": MAP-EM's usual choice."""
    return np.full((n_classes, n_classes), everywhere) + diagonal * np.eye(n_classes)
