"""Label errors by confident learning: from given labels and out-of-fold probabilities."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stats.arrays import Bools, Codes, Floats, as_codes, as_floats


@dataclass(frozen=True, eq=False)
class LabelErrors:
    """For n items and K classes.

    ``thresholds`` (K,): mean probability of a class over items labeled so; infinite for a class that no
    item is labeled. ``joint`` (K, K): how many items labeled i are confidently j. ``noise`` (K, K): the
    joint distribution of given and true label, sums to 1. ``self_confidence`` (n,): probability of the given
    label; ``margin`` (n,) in [-1, 1]: that minus the largest other; ``suggested`` (n,): the likeliest
    other class. The flags (n,) are the four ways to prune.
    """

    thresholds: Floats
    joint: Floats
    noise: Floats
    self_confidence: Floats
    margin: Floats
    suggested: Codes
    by_noise_rate: Bools
    by_class: Bools
    off_diagonal: Bools

    @property
    def by_both(self) -> Bools:
        """Pruned by noise rate and by class."""
        found: Bools = self.by_noise_rate & self.by_class
        return found


def find_label_errors(labels: ArrayLike, probabilities: ArrayLike) -> LabelErrors:
    """Which of the ``labels`` (n,) are probably wrong, by ``probabilities`` (n, K) of models that never saw
    the item they speak of; K >= 2, rows sum to 1 (ValueError otherwise).

    t_j = mean p(j) over items labeled j. C_ij counts the items labeled i whose likeliest class among those
    with p(j) >= t_j is j. Q_ij = C_ij / sum_j C_ij * N_i / n (a class without confident items is taken to be
    right). By noise rate: for each i != j the round(n Q_ij) items labeled i with the largest p(j) - p(i). By
    class: the round(n sum_{j != i} Q_ij) items labeled i of the least self-confidence. Off the diagonal of C:
    the items that are confidently something else. Ties go to the earlier item.

    Source: C. G. Northcutt, L. Jiang, I. L. Chuang, Journal of Artificial Intelligence Research 70 (2021)
    1373-1411.
    """
    shares = as_floats(probabilities, "probabilities", ndim=2)
    size, classes = shares.shape
    given = as_codes(labels, "labels", limit=classes)
    if given.size != size or classes < 2:
        message = "probabilities must have a row per label and at least two columns"
        raise ValueError(message)
    if size and (shares.min() < 0 or not np.allclose(shares.sum(axis=1), 1, atol=1e-6)):
        message = "rows of probabilities must be distributions"
        raise ValueError(message)
    rows = np.arange(size)
    members = np.bincount(given, minlength=classes).astype(np.float64)
    own = shares[rows, given]
    sums = np.bincount(given, weights=own, minlength=classes)
    thresholds = np.where(members > 0, sums / np.maximum(members, 1), np.inf)
    # Rounding in a mean must not put an item of equal probabilities below its own threshold.
    above = np.where(shares >= thresholds - 1e-12, shares, -1.0)
    confident = above.argmax(axis=1).astype(np.int32)
    is_confident = above[rows, confident] >= 0
    joint = np.zeros((classes, classes))
    np.add.at(joint, (given[is_confident], confident[is_confident]), 1.0)
    noise = _calibrated(joint, members)
    others = shares.copy()
    others[rows, given] = -1.0
    suggested = others.argmax(axis=1).astype(np.int32) if size else np.zeros(0, dtype=np.int32)
    return LabelErrors(
        thresholds=thresholds,
        joint=joint,
        noise=noise,
        self_confidence=own,
        margin=own - others[rows, suggested],
        suggested=suggested,
        by_noise_rate=_by_noise_rate(given, shares, noise),
        by_class=_by_class(given, own, noise),
        off_diagonal=is_confident & (confident != given),
    )


def _calibrated(joint: Floats, members: Floats) -> Floats:
    totals = joint.sum(axis=1)
    rows = np.where(totals[:, None] > 0, joint / np.maximum(totals, 1)[:, None], np.eye(members.size))
    found: Floats = rows * members[:, None] / max(float(members.sum()), 1.0)
    return found


def _by_noise_rate(given: Codes, shares: Floats, noise: Floats) -> Bools:
    flags = np.zeros(given.size, dtype=np.bool_)
    for i in range(noise.shape[0]):
        labeled = np.flatnonzero(given == i)
        for j in range(noise.shape[0]):
            count = round(given.size * float(noise[i, j])) if i != j else 0
            if count:
                gain = shares[labeled, j] - shares[labeled, i]
                flags[labeled[np.argsort(-gain, kind="stable")[:count]]] = True
    return flags


def _by_class(given: Codes, own: Floats, noise: Floats) -> Bools:
    flags = np.zeros(given.size, dtype=np.bool_)
    for i in range(noise.shape[0]):
        count = round(given.size * float(noise[i].sum() - noise[i, i]))
        labeled = np.flatnonzero(given == i)
        flags[labeled[np.argsort(own[labeled], kind="stable")[:count]]] = True
    return flags


def beyond_chance(labels: ArrayLike, probabilities: ArrayLike) -> float:
    """How far the ``probabilities`` (n, K) that models give the ``labels`` (n,) lie above what they give the
    same labels dealt out at random, in standard deviations of that; 0 where nothing can differ.

    Given are n labels, N_k of class k, and p_i(k). Their sum S = sum_i p_i(y_i) has over all permutations of
    y the mean sum_k N_k sum_i p_i(k) / n and the variance sum_ik N_k d_ik^2 / (n - 1), d being p less its
    means over labels and over items. ValueError where ``find_label_errors`` has it for shapes.

    Source: W. Hoeffding, Annals of Mathematical Statistics 22 (1951) 558-566.
    """
    shares = as_floats(probabilities, "probabilities", ndim=2)
    size, classes = shares.shape
    given = as_codes(labels, "labels", limit=classes)
    if given.size != size:
        message = "probabilities must have a row per label"
        raise ValueError(message)
    if size < 2:
        return 0.0
    members = np.bincount(given, minlength=classes).astype(np.float64)
    of_class, of_item = shares.mean(axis=0), shares @ members / size
    mean = float(of_item.sum())
    off = shares - of_class - of_item[:, None] + mean / size
    variance = float((off**2).sum(axis=0) @ members) / (size - 1)
    if variance <= size * np.finfo(np.float64).eps:
        return 0.0
    return (float(shares[np.arange(size), given].sum()) - mean) / float(np.sqrt(variance))


def expected_errors(probabilities: ArrayLike) -> int:
    """How many of these labels are wrong, if each is right with its probability (n,): sum (1 - p), rounded.

    Flag so many, the least probable first: the same idea as pruning by class, on a crowd's posterior.
    """
    found = as_floats(probabilities, "probabilities")
    if found.size and (found.min() < 0 or found.max() > 1):
        message = "probabilities must lie in [0, 1]"
        raise ValueError(message)
    return round(float((1 - found).sum()))
