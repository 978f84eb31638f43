"""The default for numbers of a project: weights, shifts and scales where there is evidence, else the mean."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stats.arrays import Codes, Floats, as_codes, as_floats
from stats.numbers.people import LinearFit, Numbers, Shape, anchored, fit_people

FOLDS = 4
SHAPES = {
    "mean": Shape(),
    "shift": Shape(shift=True),
    "noise": Shape(noise=True),
    "shift+noise": Shape(shift=True, noise=True),
    "shift+scale+noise": Shape(shift=True, scale=True, noise=True),
}
# By how many of its standard errors a gain in held-out likelihood must differ from none.
EVIDENCE = 2.0
LEAST_ANSWERS = 30


@dataclass(frozen=True, slots=True, eq=False)
class NumberConsensus:
    """What a crowd says in numbers, in the unit of the answers.

    ``estimate`` and ``error`` (its standard error under the model) (n_tasks,), NaN without answers;
    ``shift`` (added), ``scale`` (multiplied) and ``deviation`` of the noise (n_workers,), of people without
    answers those of the crowd: a person's answer is about shift + scale * estimate. ``method`` is the
    model that was chosen; ``gain`` maps each model to what it gains over the mean in held-out log-likelihood
    per answer.
    """

    estimate: Floats
    error: Floats
    shift: Floats
    scale: Floats
    deviation: Floats
    method: str
    gain: dict[str, float]


def number_consensus(
    task: ArrayLike, worker: ArrayLike, value: ArrayLike, *, n_tasks: int, n_workers: int
) -> NumberConsensus:
    """Estimate every task from parallel columns of task, worker and finite values (n_answers,).

    Five models (``SHAPES``) predict answers that were held out, a quarter at a time, from the others to the
    task. The best is taken if its gain over the mean exceeds two standard errors (over people, as what is
    claimed is a difference between people) on at least 30 answers; else the mean. An estimate never leaves
    the range of the task's answers, so equal answers give that answer. Order does not matter; same input,
    same bits.
    """
    tasks, workers = as_codes(task, "task", limit=n_tasks), as_codes(worker, "worker", limit=n_workers)
    values = as_floats(value, "value")
    if not tasks.size == workers.size == values.size:
        message = "task, worker and value must have the same length"
        raise ValueError(message)
    if not values.size:
        nothing, flat = np.full(n_tasks, np.nan), np.zeros(n_workers)
        return NumberConsensus(nothing, nothing.copy(), flat, flat + 1, flat.copy(), "mean", {})
    order = np.lexsort((values, workers, tasks))
    middle, unit = float(values.mean()), float(values.std()) or 1.0
    data = Numbers(tasks[order], workers[order], (values[order] - middle) / unit, n_tasks, n_workers)
    method, gain = _choose(data)
    fit = fit_people(data, SHAPES[method])
    if method != "mean":
        fit = anchored(data, fit)
    return _result(data, fit, middle, unit, method=method, gain=gain)


def _choose(data: Numbers) -> tuple[str, dict[str, float]]:
    """The model and every model's gain per held-out answer."""
    count = np.bincount(data.task, minlength=data.n_tasks)
    first = np.cumsum(count) - count
    # Answers lie task by task: each task's go to the folds in turn, from another fold on for each task.
    fold = (np.arange(data.task.size) - first[data.task] + data.task) % FOLDS
    scored = count[data.task] >= 2
    if scored.sum() < LEAST_ANSWERS:
        return "mean", {}
    logs = {name: np.zeros(data.task.size) for name in SHAPES}
    for number in range(FOLDS):
        held = (fold == number) & scored
        if held.any():
            kept = data.part(fold != number)
            held &= np.bincount(kept.task, minlength=data.n_tasks)[data.task] > 0
            for name, shape in SHAPES.items():
                logs[name][held] = fit_people(kept, shape).density(data.part(held))
    best, most, gain = "mean", 0.0, {}
    for name in SHAPES:
        better = logs[name] - logs["mean"]
        gain[name] = float(better[scored].mean())
        if gain[name] > most and better.sum() > EVIDENCE * _deviation(data, better, scored):
            best, most = name, gain[name]
    return best, gain


def _deviation(data: Numbers, better: Floats, scored: np.typing.NDArray[np.bool_]) -> float:
    """Standard error of the summed gain: over people or over answers, the larger of the two."""
    mean = better[scored].mean()
    off = data.per_worker(better) - data.per_worker(scored.astype(np.float64)) * mean
    return float(np.sqrt(max((off**2).sum(), ((better[scored] - mean) ** 2).sum())))


def _result(
    data: Numbers, fit: LinearFit, middle: float, unit: float, *, method: str, gain: dict[str, float]
) -> NumberConsensus:
    low, high = np.full(data.n_tasks, np.inf), np.full(data.n_tasks, -np.inf)
    raw = data.value * unit + middle
    np.minimum.at(low, data.task, raw)
    np.maximum.at(high, data.task, raw)
    answered: Codes = np.flatnonzero(low <= high).astype(np.int32)
    estimate, error = np.full(data.n_tasks, np.nan), np.full(data.n_tasks, np.nan)
    estimate[answered] = np.clip(fit.estimate[answered] * unit + middle, low[answered], high[answered])
    error[answered] = np.sqrt(fit.variance[answered]) * unit
    return NumberConsensus(
        estimate,
        error,
        fit.shift * unit + middle * (1 - fit.scale),
        fit.scale,
        np.sqrt(fit.noise) * unit,
        method,
        gain,
    )
