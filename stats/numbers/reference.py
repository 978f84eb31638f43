"""Two published ways to weight people's numbers, to compare with."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from stats.arrays import Codes, Floats, as_codes, as_floats

ROUNDS = 100
CHANGE = 1e-9

Weights = Callable[[Floats], Floats]


def variance_em(
    task: ArrayLike, worker: ArrayLike, value: ArrayLike, *, n_tasks: int, n_workers: int
) -> Floats:
    """Estimates (n_tasks,) weighted by one over each person's mean squared residual; NaN without answers.

    Nothing keeps a variance from collapsing to that of one person who agrees with themselves: the default is
    ``number_consensus``. Source: Raykar et al., Journal of Machine Learning Research 11 (2010) 1297-1322
    (LFC_N in VLDB'17).
    """
    tasks, workers, values = _columns(task, worker, value, n_tasks, n_workers)
    answers = np.maximum(np.bincount(workers, minlength=n_workers), 1)

    def weights(squares: Floats) -> Floats:
        trusted: Floats = 1 / np.maximum(squares / answers, 1e-12)
        return trusted

    return _iterate(tasks, workers, values, weights, n_tasks=n_tasks, n_workers=n_workers)


def catd(
    task: ArrayLike,
    worker: ArrayLike,
    value: ArrayLike,
    *,
    n_tasks: int,
    n_workers: int,
    alpha: float = 0.05,
) -> Floats:
    """Estimates (n_tasks,), weight = chi-squared quantile (alpha/2, n answers) over the sum of squares.

    People with few answers get little weight. NaN without answers. Source: Li et al., Proceedings of the VLDB
    Endowment 8 (2014) 425-436.
    """
    from scipy.stats import chi2  # when used: a second that the web need not wait

    tasks, workers, values = _columns(task, worker, value, n_tasks, n_workers)
    quantile = np.asarray(chi2.ppf(alpha / 2, np.maximum(np.bincount(workers, minlength=n_workers), 1)))

    def weights(squares: Floats) -> Floats:
        trusted: Floats = quantile / np.maximum(squares, 1e-12)
        return trusted

    return _iterate(tasks, workers, values, weights, n_tasks=n_tasks, n_workers=n_workers)


def _columns(
    task: ArrayLike, worker: ArrayLike, value: ArrayLike, n_tasks: int, n_workers: int
) -> tuple[Codes, Codes, Floats]:
    tasks, workers = as_codes(task, "task", limit=n_tasks), as_codes(worker, "worker", limit=n_workers)
    values = as_floats(value, "value")
    if not tasks.size == workers.size == values.size:
        message = "task, worker and value must have the same length"
        raise ValueError(message)
    return tasks, workers, values


def _iterate(
    tasks: Codes, workers: Codes, values: Floats, weights: Weights, *, n_tasks: int, n_workers: int
) -> Floats:
    """From the mean on: weights from squared residuals, estimates from weights, until nothing moves."""
    trust = np.ones(n_workers)
    estimate = np.zeros(n_tasks)
    for _ in range(ROUNDS):
        before = estimate
        total = np.bincount(tasks, trust[workers], minlength=n_tasks)
        summed = np.bincount(tasks, trust[workers] * values, minlength=n_tasks)
        estimate = np.divide(summed, total, out=np.full(n_tasks, np.nan), where=total > 0)
        if np.nanmax(np.abs(estimate - before), initial=0.0) < CHANGE:
            break
        squares = np.bincount(workers, (values - estimate[tasks]) ** 2, minlength=n_workers)
        trust = weights(squares.astype(np.float64))
    return estimate
