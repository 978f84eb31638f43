"""The default consensus: shrunken matrices, tempered by evidence, learned without feeding on themselves."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from stats.arrays import Codes, Floats
from stats.consensus.answers import Answers
from stats.consensus.calibration import calibrated
from stats.consensus.crowd import Crowd
from stats.consensus.em import FLOOR, SINGLE_PRECISION_FROM, Stopping, log_table
from stats.consensus.majority import vote_shares
from stats.consensus.result import Consensus, most_probable
from stats.consensus.scores import shares_of

# How much an answer weighs beside a model in which answers to a task are independent, and with how many
# pseudo-answers a person's rows are held to the pooled matrix: the evidence chooses both.
TEMPERS = (1.0, 0.85, 0.7, 0.6, 0.5)
STRENGTHS = (8.0, 64.0)
LEVELING = 0.5
# So many gold tasks of every class halve the leveling: then the common differences are known, not inferred.
GOLD_HALVES = 20
SWEEPS = 3
# Answers handled at once, which bounds the memory; in a sweep so few that they stay in the processor's cache.
# And answers on which the temper is chosen.
CHUNK, SWEPT = 1 << 16, 1 << 12
JUDGED = 100_000


def robust_consensus(
    answers: Answers,
    *,
    strengths: tuple[float, ...] = STRENGTHS,
    diagonal: float = 1.0,
    tempers: tuple[float, ...] = TEMPERS,
    stopping: Stopping | None = None,
) -> Consensus:
    """One method for every crowd; nothing to tune.

    1. Every person's matrix is shrunk towards the pooled one at that person's level (``Crowd``): somebody
       with three answers is judged by their level, somebody with three hundred by their own record.
    2. Half of what the crowd has in common as differences between classes is taken back: plain Dawid-Skene
       reads items that are hard for everybody as a class of their own.
    3. Answers to one task are less independent than the model says, so each counts ``temper`` times; of
       ``tempers``, and of ``strengths`` of step 1, those are taken that best predict answers held out one at
       a time.
    4. The matrices come from a last few sweeps in which each task is judged without its own answers
       (collapsed variational inference, CVB0), so that they do not feed on themselves; the posterior under
       them is calibrated (``stats.consensus.calibration``). ``posterior_for_task`` gives the same.

    Gold is clamped. ``strengths`` and ``diagonal`` >= 0 (ValueError). Undefined cases as in ``dawid_skene``.
    Deterministic to the bit. Time is linear in the answers; docs/ml-engineers/quality-mathematics.md has
    figures and the simulated crowds on which the constants were chosen.
    """
    if not strengths or not tempers or min(strengths) < 0 or diagonal < 0 or min(strengths) + diagonal == 0:
        message = "strengths and diagonal must not be negative, nor both zero"
        raise ValueError(message)
    fit = _Fit(answers, diagonal, _leveling(answers), stopping or Stopping(max_iterations=60))
    best = fit.start(strengths[0])
    if answers.n_classes > 1 and answers.size:
        for strength in strengths:
            best = fit.better(best, strength, tempers)
        best = fit.refine(best)
    return fit.result(best)


def _leveling(answers: Answers) -> float:
    if answers.gold is None:
        return LEVELING
    fewest = np.bincount(answers.gold[answers.known], minlength=answers.n_classes).min()
    return float(LEVELING * GOLD_HALVES / (GOLD_HALVES + fewest))


@dataclass(frozen=True, eq=False)
class _State:
    posterior: Floats
    temper: float
    strength: float
    evidence: float = -np.inf
    likelihood: float = 0.0
    iterations: int = 0
    converged: bool = True


class _Fit:
    def __init__(self, answers: Answers, diagonal: float, leveling: float, stopping: Stopping) -> None:
        self._answers = answers
        self._prior = diagonal, leveling
        self._stopping = stopping
        precision = np.float32 if answers.size >= SINGLE_PRECISION_FROM else np.float64
        self._matrix = answers.incidence.astype(precision, copy=False)
        self._idle = np.ones(answers.n_tasks, dtype=np.bool_)
        self._idle[answers.active] = False

    def start(self, strength: float) -> _State:
        """The shares of the vote, or certainty with a single class."""
        shares = self._answers.clamp(vote_shares(self._answers))
        return _State(shares, 1.0, strength)

    def better(self, best: _State, strength: float, tempers: tuple[float, ...]) -> _State:
        """``best``, or the temper at this strength that has more evidence; after a fall none follows.

        The first begins with the vote, each other one where the last one ended.
        """
        latest = self.start(strength)
        for temper in tempers:
            before, latest = latest.evidence, self.at(temper, latest)
            if latest.evidence > best.evidence:
                best = latest
            if latest.evidence < before:
                break
        return best

    def at(self, temper: float, begin: _State) -> _State:
        """Expectation-maximization at this temper, with its evidence."""
        posterior, strength = begin.posterior, begin.strength
        previous, iteration, is_converged, likelihood = -np.inf, 0, False, 0.0
        while iteration < self._stopping.max_iterations and not is_converged:
            posterior, likelihood = self._expect(self._crowd(posterior, strength), posterior, temper)
            is_converged = abs(likelihood - previous) <= self._stopping.tolerance * max(self._answers.size, 1)
            previous, iteration = likelihood, iteration + 1
        evidence = self._evidence(posterior, temper, strength)
        return _State(posterior, temper, strength, evidence, likelihood, iteration, is_converged)

    def refine(self, state: _State) -> _State:
        """Judge every task by matrices without its own answers, a few times over."""
        posterior = state.posterior
        for _ in range(SWEEPS):
            crowd, logs = self._crowd(posterior, state.strength), np.log(self._marginals(posterior))
            swept = np.empty_like(posterior)
            for tasks, _, likelihood, starts in self._chunks(crowd, posterior, self._every(), SWEPT):
                scores = state.temper * np.add.reduceat(np.log(likelihood), starts, axis=0) + logs
                swept[tasks] = _softmax(scores)
            swept[self._idle] = np.exp(logs)
            posterior = self._answers.clamp(swept)
        return replace(state, posterior=posterior)

    def result(self, state: _State) -> Consensus:
        """As ``robust_consensus`` returns it."""
        answers = self._answers
        crowd = self._crowd(state.posterior, state.strength)
        confusion, pooled = crowd.confusion(), crowd.newcomer()
        confusion[answers.per_worker == 0] = pooled
        marginals = self._marginals(state.posterior)
        table = state.temper * log_table(confusion)
        scores = np.asarray(answers.incidence @ table) + np.log(marginals)
        posterior = calibrated(_softmax(scores), answers.counts)
        posterior[self._idle] = marginals
        answers.clamp(posterior)
        return Consensus(
            posterior=posterior,
            label=most_probable(answers, posterior),
            marginals=marginals,
            confusion=confusion,
            pooled=pooled,
            log_likelihood=state.likelihood,
            iterations=state.iterations,
            converged=state.converged,
            temper=state.temper,
        )

    def _crowd(self, posterior: Floats, strength: float) -> Crowd:
        a = self._answers
        flat = np.asarray(self._matrix.T @ posterior.astype(self._matrix.dtype, copy=False))
        counts = flat.reshape(a.n_workers, a.n_classes, a.n_classes).transpose(0, 2, 1)
        return Crowd(np.ascontiguousarray(counts, dtype=np.float64), strength, *self._prior)

    def _marginals(self, posterior: Floats) -> Floats:
        sums = posterior.sum(axis=0) - posterior[self._idle].sum(axis=0) + 1.0
        marginals: Floats = sums / sums.sum()
        return marginals

    def _expect(self, crowd: Crowd, posterior: Floats, temper: float) -> tuple[Floats, float]:
        table = temper * log_table(crowd.confusion())
        scores = np.asarray(self._matrix @ table.astype(self._matrix.dtype, copy=False))
        logs = np.log(self._marginals(posterior))
        shares, evidence = shares_of(scores, logs)
        evidence[self._idle] = 0.0
        if self._answers.gold is not None:
            known = self._answers.known
            gold = self._answers.gold[known]
            evidence[known] = scores[known, gold] + logs[gold]
        return self._answers.clamp(shares), float(evidence.sum())

    def _evidence(self, posterior: Floats, temper: float, strength: float) -> float:
        """Mean log-probability of answers under everything but themselves."""
        crowd, logs = self._crowd(posterior, strength), np.log(self._marginals(posterior))
        total = 0.0
        for tasks, of_task, likelihood, starts in self._chunks(crowd, posterior, self._judged()):
            each = temper * np.log(likelihood)
            rest = (np.add.reduceat(each, starts, axis=0) + logs)[of_task] - each
            expected = _softmax(rest)
            if self._answers.gold is not None:
                gold = self._answers.gold[tasks][of_task]
                is_known = np.flatnonzero(gold >= 0)
                expected[is_known] = 0.0
                expected[is_known, gold[is_known]] = 1.0
            total += float(np.log(np.maximum((expected * likelihood).sum(axis=1), FLOOR)).sum())
        return total

    def _every(self) -> Codes:
        return np.flatnonzero(self._answers.per_task > 0).astype(np.int32)

    def _judged(self) -> Codes:
        """Tasks evenly spread over all, with about JUDGED answers."""
        tasks = self._every()
        return tasks[:: max(self._answers.size // JUDGED, 1)]

    def _chunks(
        self, crowd: Crowd, posterior: Floats, tasks: Codes, most: int = CHUNK
    ) -> Iterator[tuple[Codes, Codes, Floats, Codes]]:
        """Of some tasks at a time: which; of each answer the task's place among them; P(answer | class)
        without itself (n, K); where each task's answers start."""
        pointer, columns = self._matrix.indptr, self._matrix.indices
        sizes = self._answers.per_task[tasks].astype(np.int64)
        ends = sizes.cumsum()
        place = 0
        while place < tasks.size:
            start = ends[place] - sizes[place]
            stop = max(int(np.searchsorted(ends, start + most, side="right")), place + 1)
            some, count = tasks[place:stop], sizes[place:stop]
            starts = np.concatenate([[0], count.cumsum()[:-1]])
            of_task = np.repeat(np.arange(some.size), count)
            cells = columns[np.repeat(pointer[some] - starts, count) + np.arange(count.sum())]
            worker, label = np.divmod(cells, self._answers.n_classes)
            own = posterior[some][of_task]
            likelihood = crowd.without_own(worker, label, own)
            yield some, of_task.astype(np.int32), likelihood, starts.astype(np.int32)
            place = stop


def _softmax(scores: Floats) -> Floats:
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    result: Floats = shares / shares.sum(axis=1, keepdims=True)
    return result
