"""Numbers of a project under one linear model: every person's shift, scale and noise, shrunk.

With ``slips`` the noise is Student's with four degrees of freedom: an answer far from the others (90 for 9)
hardly counts, neither for its task nor for what is learned of its author. Source: Lange, Little and Taylor,
Journal of the American Statistical Association 84 (1989) 881-896 (EM with weights).
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from stats.arrays import Codes, Floats

ROUNDS = 60
CHANGE = 1e-4
# Pseudo-answers with the crowd's noise, and with a scale of 1, in what is estimated of each person.
NOISE_STRENGTH = 6.0
SCALE_STRENGTH = 6.0
LEAST = 1e-9
FREEDOM = 4.0


@dataclass(frozen=True, slots=True)
class Shape:
    """What of a person differs from the crowd, and whether answers slip."""

    shift: bool = False
    scale: bool = False
    noise: bool = False
    slips: bool = False


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
class People:
    """answer = shift + scale * truth + noise, in any unit; all (n_workers,), ``noise`` a variance.

    Truths have a normal prior (``center``, variance ``between``), which says nothing where that is infinite.
    """

    shift: Floats
    scale: Floats
    noise: Floats
    center: float = 0.0
    between: float = math.inf
    slips: bool = False

    def tasks(self, data: Numbers, counts: Floats | None = None) -> tuple[Floats, Floats]:
        """Precision-weighted estimates and their variances (n_tasks,); each answer ``counts`` so much."""
        weight = (self.scale / self.noise)[data.worker]
        if counts is not None:
            weight = weight * counts
        precision = data.per_task(weight * self.scale[data.worker]) + 1 / self.between
        total = data.per_task(weight * (data.value - self.shift[data.worker])) + self.center / self.between
        safe = np.where(precision > 0, precision, 1.0)
        return total / safe, 1 / safe

    def errors(self, data: Numbers, estimate: Floats, variance: Floats) -> Floats:
        """Expected squared noise of each answer, (n,)."""
        scale = self.scale[data.worker]
        off = data.value - self.shift[data.worker] - scale * estimate[data.task]
        squares: Floats = off**2 + scale**2 * variance[data.task]
        return squares

    def counts(self, data: Numbers, errors: Floats) -> Floats | None:
        """How much each answer counts, 0 to 1.25; None where all count alike."""
        if not self.slips:
            return None
        weights: Floats = (FREEDOM + 1) / (FREEDOM + errors / self.noise[data.worker])
        return weights

    def settled(self, data: Numbers) -> tuple[Floats, Floats]:
        """Estimates of tasks and their variances, with answers that slip found out.

        A task moves until its own estimate stays: what else is estimated with it changes nothing.
        """
        estimate, variance = self.tasks(data)
        moves = np.full(data.n_tasks, self.slips)
        for _ in range(ROUNDS):
            if not moves.any():
                break
            found, wide = self.tasks(data, self.counts(data, self.errors(data, estimate, variance)))
            still = np.abs(found - estimate) > CHANGE * np.sqrt(wide)
            estimate, variance = np.where(moves, found, estimate), np.where(moves, wide, variance)
            moves &= still
        return estimate, variance


@dataclass(frozen=True, slots=True, eq=False)
class LinearFit:
    """What a crowd's answers say of its people and tasks.

    ``estimate`` and its ``variance`` (n_tasks,), 0 and 1 for tasks without answers; ``shifts`` is the
    variance of the people's shifts, 0 where they have none.
    """

    people: People
    estimate: Floats
    variance: Floats
    shifts: float

    def density(self, held: Numbers) -> Floats:
        """Log density of answers that did not enter the fit, (n,)."""
        people, scale = self.people, self.people.scale[held.worker]
        spread = people.noise[held.worker] + scale**2 * self.variance[held.task]
        square = (held.value - people.shift[held.worker] - scale * self.estimate[held.task]) ** 2 / spread
        logs: Floats = -0.5 * (np.log(2 * np.pi * spread) + square)
        if people.slips:
            constant = math.lgamma((FREEDOM + 1) / 2) - math.lgamma(FREEDOM / 2)
            logs = constant - 0.5 * np.log(FREEDOM * np.pi * spread)
            logs = logs - (FREEDOM + 1) / 2 * np.log1p(square / FREEDOM)
        return logs

    def shift_errors(self, data: Numbers) -> Floats:
        """Standard errors of the shifts, (n_workers,): each answer beside what the others say of its task.

        Infinite without a shift of one's own, and for who answered nothing that others answered.
        """
        people, scale = self.people, self.people.scale[data.worker]
        own = scale**2 / people.noise[data.worker]
        others = np.maximum(1 / self.variance[data.task] - own, 0.0)
        told = np.divide(scale**2, others, out=np.full(own.size, np.inf), where=others > 1e-9 * own)
        facts = data.per_worker(1 / (people.noise[data.worker] + told))
        if not self.shifts > 0:
            return np.full(facts.size, np.inf)
        variance: Floats = np.full(facts.size, np.inf)
        np.divide(1.0, facts + 1 / self.shifts, out=variance, where=facts > 0)
        return np.sqrt(variance)


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
    between, shifts = max(float(mean.var()), LEAST), spread / 4
    people = People(
        np.zeros(data.n_workers),
        np.ones(data.n_workers),
        np.full(data.n_workers, spread),
        between=between if shape.scale else math.inf,
        slips=shape.slips,
    )
    estimate, variance = people.tasks(data)
    counts = people.counts(data, people.errors(data, estimate, variance))
    for _ in range(ROUNDS if shape != Shape() else 0):
        before = estimate
        people, shifts = _maximize(data, shape, people, (estimate, variance), counts, answers, shifts)
        estimate, variance = people.tasks(data, counts)
        counts = people.counts(data, people.errors(data, estimate, variance))
        if np.abs(estimate - before).max(initial=0.0) < CHANGE:
            break
    return LinearFit(people, estimate, variance, shifts if shape.shift else 0.0)


def _maximize(
    data: Numbers,
    shape: Shape,
    people: People,
    tasks: tuple[Floats, Floats],
    counts: Floats | None,
    answers: Floats,
    shifts: float,
) -> tuple[People, float]:
    """The people whom these tasks speak for, and how far their shifts spread."""
    estimate, variance = tasks
    at, wide = estimate[data.task], variance[data.task]
    count: Floats | float = 1.0 if counts is None else counts
    if shape.scale:
        between = max(float((estimate**2 + variance).mean()), LEAST)
        top = data.per_worker(count * (data.value - people.shift[data.worker]) * at)
        below = data.per_worker(count * (at**2 + wide))
        pseudo = SCALE_STRENGTH * between
        people = replace(people, scale=(top + pseudo) / (below + pseudo), between=between)
    if shape.shift:
        told = answers if counts is None else data.per_worker(counts)
        left = data.per_worker(count * (data.value - people.scale[data.worker] * at))
        shift = left / (told + people.noise / shifts)
        shifts = max(float((shift**2 + 1 / (told / people.noise + 1 / shifts)).mean()), LEAST)
        people = replace(people, shift=shift)
    error = count * people.errors(data, estimate, variance)
    noise = np.full(data.n_workers, max(float(error.mean()), LEAST))
    if shape.noise:
        noise = _noise(data.per_worker(error), answers, float(noise[0]))
    return replace(people, noise=noise), shifts


def _noise(squares: Floats, answers: Floats, pooled: float) -> Floats:
    """Everybody's mean square, shrunk to the geometric mean: a few wild people must not set the standard."""
    rough = (squares + pooled) / (answers + 1)
    crowd = max(float(np.exp(answers @ np.log(rough) / answers.sum())), LEAST)
    shrunk: Floats = (squares + NOISE_STRENGTH * crowd) / (answers + NOISE_STRENGTH)
    return shrunk


def anchored(data: Numbers, fit: LinearFit) -> LinearFit:
    """The same fit with estimates on the scale of the average person.

    A common shift and scale of all people cannot be told from the tasks'. The average counts people more who
    answered much and whose answers tell something: who always answers 0 must not say where 0 is.
    """
    people, answers = fit.people, data.per_worker(np.ones(data.value.size))
    signal = people.scale**2 * fit.estimate.var()
    told = answers / (answers + SCALE_STRENGTH) * np.sqrt(signal / (signal + people.noise))
    if not told.sum() > 0:
        return fit
    shift, scale = float(told @ people.shift / told.sum()), float(told @ people.scale / told.sum())
    if scale < 0.1:
        return fit
    moved = replace(
        people,
        shift=people.shift - people.scale * shift / scale,
        scale=people.scale / scale,
        center=shift + scale * people.center,
        between=scale**2 * people.between,
    )
    return LinearFit(moved, shift + scale * fit.estimate, scale**2 * fit.variance, fit.shifts)
