"""The posterior of one task under worker matrices already known: the cheap update after a new answer."""

from collections.abc import Sequence

import numpy as np

from stats.arrays import Codes, Floats, as_codes
from stats.consensus.calibration import calibrated
from stats.consensus.difficulty import at_levels, together
from stats.consensus.em import FLOOR


def posterior_for_task(
    workers: Codes | Sequence[int],
    labels: Codes | Sequence[int],
    *,
    confusion: Floats,
    marginals: Floats,
    pooled: Floats | None = None,
    temper: float | None = None,
    difficulty: float = 0.0,
) -> Floats:
    """P(class | answers of one task), (n_classes,), summing to 1; microseconds, whatever the project's size.

    ``workers`` and ``labels`` (n,) are the task's answers; worker -1 is a newcomer, judged by ``pooled``
    (required then, ValueError otherwise). ``confusion``, ``marginals``, ``pooled`` as in ``Consensus``.
    Without ``temper`` this is plain Bayes: for a task whose answers were all in the fit it equals its row of
    the posterior of ``dawid_skene`` or ``one_coin``; with the ``temper`` and ``difficulty`` of
    ``robust_consensus`` its row of that one, calibrated as there. No answers: the marginals.
    """
    who = as_codes(workers, "workers", limit=len(confusion), missing=True)
    said = as_codes(labels, "labels", limit=len(marginals))
    if who.size != said.size:
        message = "workers and labels must have the same length"
        raise ValueError(message)
    likelihood, right = _by_matrices(who, said, confusion, pooled)
    return posterior_of_answers(
        likelihood, right, said, log_marginals(marginals), temper=temper, difficulty=difficulty
    )


def log_marginals(marginals: Floats) -> Floats:
    """(K,) the logs of the classes' shares, as ``posterior_of_answers`` takes them."""
    logs: Floats = np.log(np.maximum(marginals, FLOOR))
    return logs


def posterior_of_answers(
    likelihood: Floats,
    right: Floats,
    said: Codes,
    marginals: Floats,
    *,
    temper: float | None,
    difficulty: float,
) -> Floats:
    """What ``posterior_for_task`` makes of n answers, unchecked, for who has taken them apart already.

    likelihood (n, K): P(this answer | class); right (n, K): that of a right one, of which only ``difficulty``
    asks; said (n,): the answers' classes; marginals (K,): ``log_marginals``.
    """
    levels = at_levels(np.log(np.maximum(likelihood, FLOOR)), right, said, difficulty)
    share = 1.0 if temper is None else temper
    scores = together(weight + share * logs.sum(axis=0) for weight, logs in levels)
    scores += marginals
    shares = np.exp(scores - scores.max())
    result: Floats = shares / shares.sum()
    if temper is None or not said.size:
        return result
    counts = np.bincount(said, minlength=len(marginals)).astype(np.int32)
    return calibrated(result, counts, difficulty=difficulty)


def _by_matrices(who: Codes, said: Codes, confusion: Floats, pooled: Floats | None) -> tuple[Floats, Floats]:
    """Of each answer (n, K): its probability, and that of a right one, by class."""
    is_new = who < 0
    if not is_new.any():
        return np.ascontiguousarray(confusion[who, :, said]), np.diagonal(confusion, axis1=1, axis2=2)[who]
    if pooled is None:
        message = "pooled is needed to judge a worker with code -1"
        raise ValueError(message)
    likelihood, right = np.empty((2, who.size, len(pooled)))
    likelihood[~is_new] = confusion[who[~is_new], :, said[~is_new]]
    right[~is_new] = np.diagonal(confusion, axis1=1, axis2=2)[who[~is_new]]
    likelihood[is_new] = pooled.T[said[is_new]]
    right[is_new] = np.diagonal(pooled)
    return likelihood, right
