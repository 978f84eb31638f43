"""The default consensus: shrunken matrices, tempered by evidence, learned without feeding on themselves."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from scipy import sparse

from stats.arrays import Codes, Floats
from stats.consensus.answers import Answers
from stats.consensus.calibration import calibrated
from stats.consensus.crowd import Crowd
from stats.consensus.difficulty import at_levels, surely_better, together
from stats.consensus.em import FLOOR, Stopping, log_table
from stats.consensus.majority import vote_shares
from stats.consensus.result import Consensus, most_probable
from stats.consensus.steps import SINGLE_PRECISION_FROM, Steps
from stats.hands import each

# How much an answer weighs beside a model in which answers to a task are independent, and with how many
# pseudo-answers a person's rows are held to the pooled matrix: the evidence chooses both.
TEMPERS = (1.0, 0.85, 0.7, 0.6, 0.5)
STRENGTHS = (8.0, 64.0)
# A strength that predicts held-out answers worse by so many standard errors is not tried further; one in so
# many judged tasks says so.
HOPELESS, HOPELESS_EVERY = 4.0, 4
LEVELING = 0.5
# Pseudo-answers of each class in the crowd's matrix; and where most answers are the only ones to their task.
GROUND, UNCOMPARED_GROUND = 1.0, 30.0
# How far items may differ in difficulty, tried once the rest is fitted, and by how many standard errors each
# must beat the one before: that items differ at all must be beyond doubt, as people who differ look alike.
DIFFICULTIES = ((0.5, 4.0), (1.0, 2.0))
# So many gold tasks of every class halve the leveling: then the common differences are known, not inferred.
GOLD_HALVES = 20
SWEEPS, DIFFICULT_SWEEPS = 3, 2
# Answers handled at once: so few that all passes over them find them in the processor's cache. And answers on
# which the temper is chosen.
CHUNK = 1 << 12
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
       a time. A strength that is surely worse under what another one found has no fit of its own.
    4. The matrices come from a last few sweeps in which each task is judged without its own answers
       (collapsed variational inference, CVB0), so that they do not feed on themselves.
    5. Where answers held out are surely better predicted if some items are harder than others, the posterior
       is taken over levels of difficulty (``stats.consensus.difficulty``), after two more sweeps with them.
       It is calibrated (``stats.consensus.calibration``); ``posterior_for_task`` gives the same.

    Where most answers are the only ones to their task, steps 1 and 3 look at the other tasks alone, and a
    crowd of which little is known is taken for a good one.

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
            if not fit.is_hopeless(best, strength):
                best = fit.better(best, strength, tempers)
        best = fit.with_difficulty(fit.refine(best, SWEEPS))
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
    difficulty: float = 0.0
    marginals: Floats | None = None
    told: Floats | None = None
    evidence: float = -np.inf
    likelihood: float = 0.0
    iterations: int = 0
    converged: bool = True


class _Fit:
    def __init__(self, answers: Answers, diagonal: float, leveling: float, stopping: Stopping) -> None:
        self._answers = answers
        # What one person alone answered confirms itself: where that is most, matrices would be learned of it.
        alone = int(answers.per_task[~answers.compared].sum())
        mostly_alone = 2 * alone > answers.size
        self._prior = diagonal, leveling, UNCOMPARED_GROUND if mostly_alone else GROUND
        self._telling = answers.compared if mostly_alone else np.ones(answers.n_tasks, dtype=np.bool_)
        self._stopping = stopping
        precision = np.float32 if answers.size >= SINGLE_PRECISION_FROM else np.float64
        self._matrix = answers.incidence.astype(precision, copy=False)
        self._steps = Steps(answers, telling=self._telling)
        self._idle = np.ones(answers.n_tasks, dtype=np.bool_)
        self._idle[answers.active] = False

    def start(self, strength: float) -> _State:
        """The shares of the vote, or certainty with a single class."""
        shares = self._answers.clamp(vote_shares(self._answers))
        return _State(shares, 1.0, strength)

    def is_hopeless(self, best: _State, strength: float) -> bool:
        """Whether this strength surely predicts worse than the best one so far under the posterior of that.

        Its own fit would hardly end elsewhere, and costs as much as the one there is.
        """
        if best.told is None:
            return False
        told = self._evidence(replace(best, strength=strength), HOPELESS_EVERY)
        return surely_better(best.told[::HOPELESS_EVERY] - told, errors=HOPELESS)

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
        steps, strength = self._steps, begin.strength
        previous, iteration, is_converged, likelihood = -np.inf, 0, False, 0.0
        steps.begin(begin.posterior)
        while iteration < self._stopping.max_iterations and not is_converged:
            crowd, sums = Crowd(steps.counts(), strength, *self._prior), steps.class_sums() + 1.0
            logs = log_table(crowd.confusion(), self._answers.used)
            likelihood = steps.update(temper * logs, sums / sums.sum())
            is_converged = abs(likelihood - previous) <= self._stopping.tolerance * max(self._answers.size, 1)
            previous, iteration = likelihood, iteration + 1
        posterior = steps.table() if iteration else begin.posterior
        state = _State(posterior, temper, strength)
        told = self._evidence(state)
        return replace(
            state,
            told=told,
            evidence=float(told.sum()),
            likelihood=likelihood,
            iterations=iteration,
            converged=is_converged,
        )

    def refine(self, state: _State, sweeps: int) -> _State:
        """Judge every task by matrices without its own answers, a few times over."""
        posterior, tasks = state.posterior, self._every()
        for _ in range(sweeps):
            crowd, logs = self._crowd(posterior, state.strength), self._logs(state, posterior)
            swept = np.empty_like(posterior)
            sweep = partial(self._sweep, state, crowd, posterior, logs, swept)
            each(sweep, self._chunks(tasks))
            swept[self._idle] = np.exp(logs)
            posterior = self._answers.clamp(swept)
        return replace(state, posterior=posterior)

    def _sweep(
        self, state: _State, crowd: Crowd, posterior: Floats, logs: Floats, swept: Floats, tasks: Codes
    ) -> None:
        """Write what is known of these tasks without their own answers."""
        part = self._part(crowd, posterior, tasks)
        scores = together(
            weight + state.temper * part.sums(level) for weight, level in part.levels(state.difficulty)
        )
        swept[tasks] = _softmax(scores + logs)

    def with_difficulty(self, state: _State) -> _State:
        """How far items differ, where they surely do; then swept again, unless that lowers the evidence.

        The classes keep the shares they had, as sweeps of hard items could drift to the larger class.
        """
        told, marginals = self._evidence(state), self._marginals(state.posterior)
        for difficulty, errors in DIFFICULTIES:
            harder = replace(state, difficulty=difficulty, marginals=marginals)
            evidence = self._evidence(harder)
            if not surely_better(evidence - told, errors=errors):
                break
            state, told = harder, evidence
        if state.difficulty == 0:
            return state
        swept = self.refine(state, DIFFICULT_SWEEPS)
        return swept if self._evidence(swept).sum() > told.sum() else state

    def result(self, state: _State) -> Consensus:
        """As ``robust_consensus`` returns it."""
        answers = self._answers
        crowd = self._crowd(state.posterior, state.strength)
        confusion, pooled = crowd.confusion(), crowd.newcomer()
        confusion[answers.per_worker == 0] = pooled
        logs = self._logs(state, state.posterior)
        marginals = np.exp(logs)
        scores = self._scores(confusion, state) + logs
        posterior = calibrated(_softmax(scores), answers.counts, difficulty=state.difficulty)
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
            difficulty=state.difficulty,
        )

    def _scores(self, confusion: Floats, state: _State) -> Floats:
        """(n_tasks, K) what the answers say of each class, over all levels of difficulty."""
        size = self._answers.n_classes
        right = np.repeat(np.diagonal(confusion, axis1=1, axis2=2), size, axis=0)
        label = np.tile(np.arange(size, dtype=np.int32), len(confusion))
        logs = log_table(confusion, self._answers.used)
        return together(
            weight + np.asarray(self._answers.incidence @ (state.temper * table))
            for weight, table in at_levels(logs, right, label, state.difficulty)
        )

    def _crowd(self, posterior: Floats, strength: float) -> Crowd:
        a = self._answers
        flat = np.asarray(self._matrix.T @ posterior.astype(self._matrix.dtype, copy=False))
        counts = flat.reshape(a.n_workers, a.n_classes, a.n_classes).transpose(0, 2, 1)
        return Crowd(np.ascontiguousarray(counts, dtype=np.float64), strength, *self._prior)

    def _logs(self, state: _State, posterior: Floats) -> Floats:
        """(K,) logs of the shares of the classes: the state's own, or those of this posterior."""
        shares = self._marginals(posterior) if state.marginals is None else state.marginals
        logs: Floats = np.log(shares)
        return logs

    def _marginals(self, posterior: Floats) -> Floats:
        sums = posterior.sum(axis=0) - posterior[self._idle].sum(axis=0) + 1.0
        marginals: Floats = sums / sums.sum()
        return marginals

    def _evidence(self, state: _State, every: int = 1) -> Floats:
        """Of each (or every second, third …) judged task, the log-probabilities of its answers under
        everything but themselves."""
        crowd, logs = self._crowd(state.posterior, state.strength), self._logs(state, state.posterior)
        told = partial(self._told, state, crowd, logs)
        return np.concatenate([np.empty(0), *each(told, self._chunks(self._judged()[::every]))])

    def _told(self, state: _State, crowd: Crowd, logs: Floats, tasks: Codes) -> Floats:
        """``_evidence`` of these tasks."""
        part = self._part(crowd, state.posterior, tasks)
        rests, chances = [], []
        for weight, level in part.levels(state.difficulty):
            own = state.temper * level
            sums = part.sums(own) + logs + weight
            rests.append(sums.take(part.of_task, axis=0) - own)
            chances.append(np.exp(level))
        if self._answers.gold is not None:
            gold = self._answers.gold[tasks][part.of_task]
            is_other = (gold >= 0)[:, None] & (np.arange(self._answers.n_classes) != gold[:, None])
            for rest in rests:
                rest[is_other] = -np.inf
        expected = _softmax(np.hstack(rests))
        told = np.maximum((expected * np.hstack(chances)).sum(axis=1), FLOOR)
        found: Floats = np.add.reduceat(np.log(told), part.starts)
        return found

    def _every(self) -> Codes:
        return np.flatnonzero(self._answers.per_task > 0).astype(np.int32)

    def _judged(self) -> Codes:
        """Tasks that tell how good people are, evenly spread over all, with about JUDGED answers."""
        tasks = self._every()
        tasks = tasks[self._telling[tasks]]
        return tasks[:: max(self._answers.size // JUDGED, 1)]

    def _chunks(self, tasks: Codes) -> list[Codes]:
        """Some of these tasks at a time, with about CHUNK answers."""
        sizes = self._answers.per_task[tasks].astype(np.int64)
        ends = sizes.cumsum()
        chunks, place = [], 0
        while place < tasks.size:
            start = ends[place] - sizes[place]
            stop = max(int(np.searchsorted(ends, start + CHUNK, side="right")), place + 1)
            chunks.append(tasks[place:stop])
            place = stop
        return chunks

    def _part(self, crowd: Crowd, posterior: Floats, tasks: Codes) -> "_Part":
        pointer, columns = self._matrix.indptr, self._matrix.indices
        count = self._answers.per_task[tasks].astype(np.int64)
        starts = np.concatenate([[0], count.cumsum()[:-1]])
        of_task = np.repeat(np.arange(tasks.size), count)
        cells = columns[np.repeat(pointer[tasks] - starts, count) + np.arange(count.sum())]
        worker, label = np.divmod(cells, self._answers.n_classes)
        likelihood, right = crowd.without_own(worker, label, posterior.take(tasks[of_task], axis=0))
        return _Part(tasks, of_task.astype(np.int32), starts.astype(np.int32), label, likelihood, right)


@dataclass(frozen=True, eq=False)
class _Part:
    """Some tasks; of each of their answers the task's place among them, what was said, P(answer | class)
    without itself and the chance of a right one (n, K); where each task's answers start."""

    tasks: Codes
    of_task: Codes
    starts: Codes
    label: Codes
    likelihood: Floats
    right: Floats

    def levels(self, difficulty: float) -> Iterator[tuple[float, Floats]]:
        """As ``at_levels``."""
        return at_levels(np.log(self.likelihood), self.right, self.label, difficulty)

    def sums(self, each: Floats) -> Floats:
        """(n_tasks, K) from (n, K): of each task the sum over its answers."""
        count = len(each)
        cells = np.ones(count), np.arange(count, dtype=np.int32), np.append(self.starts, np.int32(count))
        sums: Floats = np.asarray(sparse.csr_array(cells, shape=(self.tasks.size, count)) @ each)
        return sums


def _softmax(scores: Floats) -> Floats:
    # Column by column: numpy's reductions over a short last axis cost several times more.
    top = scores[:, 0].copy()
    for column in scores.T[1:]:
        np.maximum(top, column, out=top)
    shares: Floats = scores - top[:, None]
    np.exp(shares, out=shares)
    shares /= (shares @ np.ones(shares.shape[1]))[:, None]
    return shares
