"""The default for numbers of a project: weights, shifts and scales where there is evidence, else the mean."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from stats.arrays import Codes, Floats, as_codes, as_floats
from stats.numbers.people import Numbers, People, Shape, anchored, fit_people

FOLDS = 4
SHAPES = {
    "mean": Shape(),
    "shift": Shape(shift=True),
    "noise": Shape(noise=True),
    "shift+noise": Shape(shift=True, noise=True),
    "shift+scale+noise": Shape(shift=True, scale=True, noise=True),
}
SLIPPING = {
    **SHAPES,
    "slips": Shape(slips=True),
    **{f"{name}+slips": replace(shape, slips=True) for name, shape in SHAPES.items() if name != "mean"},
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


@dataclass(frozen=True, slots=True, eq=False)
class Estimates:
    """Tasks under what is known of people, in the unit of the answers.

    ``value`` and ``error`` (its standard error) (n_tasks,), NaN without answers. Of each answer, as they were
    given: how much it weighs in its task (``weight``, summing to 1 there), and what was ``expected`` of its
    author there.
    """

    value: Floats
    error: Floats
    weight: Floats
    expected: Floats


@dataclass(frozen=True, slots=True, eq=False)
class NumberModel:
    """What a project's numbers say of its people, in the unit of the answers: see ``fit_numbers``.

    ``bias`` (n_workers,) is how much more than the truth somebody says of an average task, ``bias_error`` its
    standard error: infinite where nothing is known, and where the model knows no shifts. ``compared`` counts
    somebody's answers beside others'.
    """

    people: People
    method: str
    gain: dict[str, float]
    bias: Floats
    bias_error: Floats
    compared: Codes

    def bias_interval(self) -> tuple[Floats, Floats]:
        """Ends of the 95 % interval of the bias, (n_workers,) each; Student's, for how exact somebody is
        is itself known from so many answers only."""
        from scipy.stats import t  # when used: a second that the web need not wait

        reach = np.asarray(t.ppf(0.975, np.maximum(self.compared, 1))) * self.bias_error
        return self.bias - reach, self.bias + reach


def number_consensus(
    task: ArrayLike, worker: ArrayLike, value: ArrayLike, *, n_tasks: int, n_workers: int
) -> NumberConsensus:
    """Estimate every task from parallel columns of task, worker and finite values (n_answers,).

    ``fit_numbers``, and ``numbers_under`` what it found. An estimate never leaves the range of the task's
    answers, so equal answers give that answer. Order does not matter; same input, same bits.
    """
    model = fit_numbers(task, worker, value, n_tasks=n_tasks, n_workers=n_workers)
    found, people = numbers_under(model.people, task, worker, value, n_tasks=n_tasks), model.people
    return NumberConsensus(
        found.value, found.error, people.shift, people.scale, np.sqrt(people.noise), model.method, model.gain
    )


def fit_numbers(
    task: ArrayLike,
    worker: ArrayLike,
    value: ArrayLike,
    *,
    n_tasks: int,
    n_workers: int,
    slips: bool = False,
) -> NumberModel:
    """What these answers say of who gave them; arguments as in ``number_consensus``.

    Five models (``SHAPES``) predict answers that were held out, a quarter at a time, from the others to the
    task; with ``slips`` five more, in which single answers may be far off (``stats.numbers.people``). The
    best is taken if its gain over the mean exceeds two standard errors (over people, as what is claimed is a
    difference between people) on at least 30 answers; else the mean. Without answers: shift 0, scale 1,
    noise 0.
    """
    data, _ = _columns(task, worker, value, n_tasks, n_workers)
    if not data.value.size:
        flat = np.zeros(n_workers)
        unknown, nobody = np.full(n_workers, np.inf), np.zeros(n_workers, dtype=np.int32)
        return NumberModel(People(flat, flat + 1, flat.copy()), "mean", {}, flat, unknown, nobody)
    middle, unit = float(data.value.mean()), float(data.value.std()) or 1.0
    data = replace(data, value=(data.value - middle) / unit)
    shapes = SLIPPING if slips else SHAPES
    method, gain = _choose(data, shapes)
    fit = fit_people(data, shapes[method])
    if method != "mean":
        fit = anchored(data, fit)
    people, errors = fit.people, fit.shift_errors(data) * unit
    answers = np.bincount(data.task, minlength=n_tasks)
    typical = float(fit.estimate[answers > 0].mean())
    compared = np.bincount(data.worker[answers[data.task] > 1], minlength=n_workers)
    raw = People(
        shift=people.shift * unit + middle * (1 - people.scale),
        scale=people.scale,
        noise=people.noise * unit**2,
        center=people.center * unit + middle,
        between=people.between * unit**2,
        slips=people.slips,
    )
    bias = (people.shift + (people.scale - 1) * typical) * unit
    return NumberModel(raw, method, gain, bias, errors, compared.astype(np.int32))


def numbers_under(
    people: People, task: ArrayLike, worker: ArrayLike, value: ArrayLike, *, n_tasks: int
) -> Estimates:
    """What these answers come to, given by people of whom this is known.

    A task's value never lies outside of the range of its answers.
    """
    data, order = _columns(task, worker, value, n_tasks, people.shift.size)
    estimate, error = np.full(n_tasks, np.nan), np.full(n_tasks, np.nan)
    weight, expected = np.zeros(data.value.size), np.zeros(data.value.size)
    if not data.value.size:
        return Estimates(estimate, error, weight, expected)
    low, high = np.full(n_tasks, np.inf), np.full(n_tasks, -np.inf)
    np.minimum.at(low, data.task, data.value)
    np.maximum.at(high, data.task, data.value)
    answered: Codes = np.flatnonzero(low <= high).astype(np.int32)
    found, variance = people.settled(data)
    estimate[answered] = np.clip(found[answered], low[answered], high[answered])
    error[answered] = np.sqrt(variance[answered])
    scale = people.scale[data.worker]
    told = scale**2 / people.noise[data.worker]
    counts = people.counts(data, people.errors(data, found, variance))
    told = told if counts is None else told * counts
    weight[order] = told / data.per_task(told)[data.task]
    expected[order] = people.shift[data.worker] + scale * estimate[data.task]
    return Estimates(estimate, error, weight, expected)


def _columns(
    task: ArrayLike, worker: ArrayLike, value: ArrayLike, n_tasks: int, n_workers: int
) -> tuple[Numbers, Codes]:
    """The answers in an order of their own, and that order."""
    tasks, workers = as_codes(task, "task", limit=n_tasks), as_codes(worker, "worker", limit=n_workers)
    values = as_floats(value, "value")
    if not tasks.size == workers.size == values.size:
        message = "task, worker and value must have the same length"
        raise ValueError(message)
    order = np.lexsort((values, workers, tasks)).astype(np.int32)
    return Numbers(tasks[order], workers[order], values[order], n_tasks, n_workers), order


def _choose(data: Numbers, shapes: dict[str, Shape]) -> tuple[str, dict[str, float]]:
    """The model and every model's gain per held-out answer."""
    count = np.bincount(data.task, minlength=data.n_tasks)
    first = np.cumsum(count) - count
    # Answers lie task by task: each task's go to the folds in turn, from another fold on for each task.
    fold = (np.arange(data.task.size) - first[data.task] + data.task) % FOLDS
    scored = count[data.task] >= 2
    are_alike = bool((data.value == data.value[first[data.task]]).all())
    if scored.sum() < LEAST_ANSWERS or are_alike:
        return "mean", {}
    logs = {name: np.zeros(data.task.size) for name in shapes}
    for number in range(FOLDS):
        held = (fold == number) & scored
        if held.any():
            kept = data.part(fold != number)
            held &= np.bincount(kept.task, minlength=data.n_tasks)[data.task] > 0
            for name, shape in shapes.items():
                logs[name][held] = fit_people(kept, shape).density(data.part(held))
    best, most, gain = "mean", 0.0, {}
    for name in shapes:
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
