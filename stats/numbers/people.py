"""Numbers of a project under one linear model: every person's shift, scale and noise, shrunk."""

from dataclasses import dataclass, replace

import numpy as np

from stats.arrays import Codes, Floats

ROUNDS = 60
CHANGE = 1e-4
# Pseudo-answers with the crowd's noise, and with a scale of 1, in what is estimated of each person.
NOISE_STRENGTH = 6.0
SCALE_STRENGTH = 6.0
LEAST = 1e-9


@dataclass(frozen=True, slots=True)
class Shape:
    """What of a person differs from the crowd."""

    shift: bool = False
    scale: bool = False
    noise: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """Answers as parallel columns; values are standardized (mean 0, deviation 1 over all answers)."""

    task: Codes
    worker: Codes
    value: Floats
    n_tasks: int
    n_workers: int

    def per_task(self, values: Floats) -> Floats:
        """Sums over the answers of each task."""
        return np.bincount(self.task, values, minlength=self.n_tasks).astype(np.float64)

    def per_worker(self, values: Floats) -> Floats:
        """Sums over the answers of each person."""
        return np.bincount(self.worker, values, minlength=self.n_workers).astype(np.float64)

    def part(self, rows: np.typing.NDArray[np.bool_]) -> "Numbers":
        """Some of the answers."""
        return replace(self, task=self.task[rows], worker=self.worker[rows], value=self.value[rows])


@dataclass(frozen=True, slots=True, eq=False)
class LinearFit:
    """answer = shift + scale * estimate + noise.

    ``estimate`` and its ``variance`` (n_tasks,), 0 and 1 for tasks without answers; ``shift``, ``scale`` and
    ``noise`` (a variance) (n_workers,).
    """

    estimate: Floats
    variance: Floats
    shift: Floats
    scale: Floats
    noise: Floats

    def density(self, held: Numbers) -> Floats:
        """Log density of answers that did not enter the fit, (n,)."""
        spread = self.noise[held.worker] + self.scale[held.worker] ** 2 * self.variance[held.task]
        off = held.value - self.shift[held.worker] - self.scale[held.worker] * self.estimate[held.task]
        logs: Floats = -0.5 * (np.log(2 * np.pi * spread) + off**2 / spread)
        return logs


def fit_people(data: Numbers, shape: Shape) -> LinearFit:
    """EM for ``shape``; what does not differ between people is fixed (shift 0, scale 1, one noise).

    Shifts are shrunk to 0 by their own spread (empirical Bayes), scales to 1 and noise to the crowd's by
    pseudo-answers, so nobody with few answers gets a large weight and nobody's noise collapses to 0. With
    scales the tasks have a normal prior, as those of people who tell nothing would be free otherwise. With
    nothing to differ the estimate is the mean.
    """
    answers = data.per_worker(np.ones(data.value.size))
    mean = data.per_task(data.value) / np.maximum(data.per_task(np.ones(data.value.size)), 1)
    spread = max(float(((data.value - mean[data.task]) ** 2).mean()), LEAST)
    shift, scale = np.zeros(data.n_workers), np.ones(data.n_workers)
    noise = np.full(data.n_workers, spread)
    between, shifts = max(float(mean.var()), LEAST), spread / 4
    estimate, variance = _tasks(data, shift, scale, noise, between if shape.scale else np.inf)
    for _ in range(ROUNDS if shape != Shape() else 0):
        before = estimate
        at, wide = estimate[data.task], variance[data.task]
        if shape.scale:
            between = max(float((estimate**2 + variance).mean()), LEAST)
            top = data.per_worker((data.value - shift[data.worker]) * at) + SCALE_STRENGTH * between
            scale = top / (data.per_worker(at**2 + wide) + SCALE_STRENGTH * between)
        if shape.shift:
            left = data.per_worker(data.value - scale[data.worker] * at)
            shift = left / (answers + noise / shifts)
            shifts = max(float((shift**2 + 1 / (answers / noise + 1 / shifts)).mean()), LEAST)
        error = (data.value - shift[data.worker] - scale[data.worker] * at) ** 2
        error += scale[data.worker] ** 2 * wide
        noise = np.full(data.n_workers, max(float(error.mean()), LEAST))
        if shape.noise:
            noise = _noise(data.per_worker(error), answers, float(noise[0]))
        estimate, variance = _tasks(data, shift, scale, noise, between if shape.scale else np.inf)
        if np.abs(estimate - before).max(initial=0.0) < CHANGE:
            break
    return LinearFit(estimate, variance, shift, scale, noise)


def _noise(squares: Floats, answers: Floats, pooled: float) -> Floats:
    """Everybody's mean square, shrunk to the geometric mean: a few wild people must not set the standard."""
    rough = (squares + pooled) / (answers + 1)
    crowd = max(float(np.exp(answers @ np.log(rough) / answers.sum())), LEAST)
    shrunk: Floats = (squares + NOISE_STRENGTH * crowd) / (answers + NOISE_STRENGTH)
    return shrunk


def _tasks(
    data: Numbers, shift: Floats, scale: Floats, noise: Floats, between: float
) -> tuple[Floats, Floats]:
    """Precision-weighted estimates and their variances."""
    weight = (scale / noise)[data.worker]
    precision = data.per_task(weight * scale[data.worker]) + 1 / between
    total = data.per_task(weight * (data.value - shift[data.worker]))
    safe = np.where(precision > 0, precision, 1.0)
    return total / safe, 1 / safe


def anchored(data: Numbers, fit: LinearFit) -> LinearFit:
    """The same fit with estimates on the scale of the average person.

    A common shift and scale of all people cannot be told from the tasks'. The average counts people more who
    answered much and whose answers tell something: who always answers 0 must not say where 0 is.
    """
    answers = data.per_worker(np.ones(data.value.size))
    signal = fit.scale**2 * fit.estimate.var()
    told = answers / (answers + SCALE_STRENGTH) * np.sqrt(signal / (signal + fit.noise))
    if not told.sum() > 0:
        return fit
    shift, scale = float(told @ fit.shift / told.sum()), float(told @ fit.scale / told.sum())
    if scale < 0.1:
        return fit
    return LinearFit(
        shift + scale * fit.estimate,
        scale**2 * fit.variance,
        fit.shift - fit.scale * shift / scale,
        fit.scale / scale,
        fit.noise,
    )
