"""Is there an object? From who drew it and who looked and did not, with rates of each person inferred."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stats.arrays import Bools, Floats
from stats.regions.sight import Sight, sight_of

ROUNDS = 200
CHANGE = 1e-5
# Objects differ in how easily they are seen: normally on the logit, at five points of quadrature. How much is
# averaged over these spreads by likelihood.
SPREADS = (0.5, 1.0, 1.5)
POINTS, WEIGHTS = np.polynomial.hermite_e.hermegauss(5)
WEIGHTS = WEIGHTS / WEIGHTS.sum()
# Rates of false drawings are gamma distributed with this shape around the crowd's, which so many
# pseudo-objects hold to so many false drawings per object. (Held to a fixed rate, people who invent much
# looked like people who overlook much; shrunk by a number of objects, one inventor made all look like one.)
FALSE_SHAPE, CROWD_STRENGTH, FALSE_RATE = 2.0, 50.0, 0.08
# How often another person makes the same false drawing, before there is evidence, and of how many chances.
SHARED, SHARED_STRENGTH = 0.03, 200.0
LOGIT_SPREAD = 1.0
LOGIT_LIMIT = 6.0
NORMAL = 1.959964


@dataclass(frozen=True, slots=True, eq=False)
class Existence:
    """``probability`` (n_clusters,) that an object is there, in [0, 1].

    ``detection`` (n_workers,): share of all objects in the tasks a person saw that they drew; ``false_rate``
    (n_workers,): false drawings per object there. People who saw nothing have the crowd's. ``unseen``
    (n_tasks,): expected objects that nobody drew.
    """

    probability: Floats
    detection: Floats
    false_rate: Floats
    unseen: Floats


@dataclass(frozen=True, slots=True, eq=False)
class SightRates:
    """How people see, as far as is known, under each spread of visibility (s).

    ``share`` (s,): what each spread counts. ``logit`` (s, n_workers): detection, on the logit, of an object
    of middling visibility, with its standard ``error``. ``false`` (s, n_workers): false drawings per object.
    ``objects`` (n_workers,): how many objects each has had before them, as far as is known. Of the crowd:
    ``shared`` (s,) lures that an average person follows, ``center`` (s,) mean logit, ``mean`` (s,) of false
    rates.
    """

    share: Floats
    logit: Floats
    error: Floats
    false: Floats
    objects: Floats
    shared: Floats
    center: Floats
    mean: Floats

    @property
    def detection(self) -> Floats:
        """(n_workers,) share of all objects that a person draws."""
        rate: Floats = self.share @ self._by_spread(0.0)
        return rate

    @property
    def false_rate(self) -> Floats:
        """(n_workers,) false drawings per object."""
        rate: Floats = self.share @ self.false
        return rate

    def detection_interval(self) -> tuple[Floats, Floats]:
        """95 % intervals of ``detection``; how unequal objects are is hardly known, so under all spreads."""
        low, high = self._by_spread(-NORMAL), self._by_spread(NORMAL)
        return low.min(axis=0), high.max(axis=0)

    def false_interval(self) -> tuple[Floats, Floats]:
        """95 % intervals of ``false_rate``: a Gamma posterior, under all spreads too."""
        from scipy.special import gammaincinv  # when used: the web need not wait for it

        bottom = self.objects + FALSE_SHAPE / self.mean[:, None]
        shape = np.maximum(self.false * bottom, 1e-9)
        low, high = (gammaincinv(shape, tail) / bottom for tail in (0.025, 0.975))
        return low.min(axis=0), high.max(axis=0)

    def _by_spread(self, errors: float) -> Floats:
        """(s, n_workers) detection so many standard errors away."""
        middle = self.logit + errors * self.error
        spread = np.array(SPREADS)[:, None, None] * POINTS
        rates: Floats = (1 / (1 + np.exp(-middle[:, :, None] - spread))) @ WEIGHTS
        return rates


@dataclass(slots=True, eq=False)
class _State:
    logit: Floats
    false: Floats
    spread: float
    shared: float = SHARED
    mean: float = FALSE_RATE
    center: float = 0.0


def infer_existence(
    cluster: ArrayLike,
    worker: ArrayLike,
    *,
    cluster_task: ArrayLike,
    view_task: ArrayLike,
    view_worker: ArrayLike,
    n_tasks: int,
    n_workers: int,
) -> Existence:
    """EM over clusters of drawings, each of one object or of none.

    ``cluster`` and ``worker`` (n_drawings,) say who drew what; ``cluster_task`` (n_clusters,) where it is;
    ``view_task`` and ``view_worker`` (n_views,) who looked at which task, drawing or not (whoever drew
    looked). An object is drawn by each viewer with their detection rate, less if it is hard to see; a cluster
    without an object has one author as a rule. What nobody drew is not in the data, so its share is inferred
    too (as in capture and recapture). Needs no threshold: where people overlook much and invent little, one
    drawing is enough. Shrunk to the crowd by pseudo-objects. Raises ValueError for codes out of range.
    Source: the rates are those of STAPLE (Warfield, Zou, Wells, IEEE Transactions on Medical Imaging 23
    (2004) 903-921), unseen objects as in Otis et al., Wildlife Monographs 62 (1978); together they are ours.
    """
    sight = sight_of(
        cluster,
        worker,
        cluster_task=cluster_task,
        view_task=view_task,
        view_worker=view_worker,
        n_tasks=n_tasks,
        n_workers=n_workers,
    )
    return existence_under(fit_rates(sight), sight)


def fit_rates(sight: Sight) -> SightRates:
    """Everybody's rates, by EM over all clusters; without any the crowd's before there is evidence."""
    states = [_State(np.zeros(sight.n_workers), np.full(sight.n_workers, FALSE_RATE), s) for s in SPREADS]
    objects, bends = [], []
    for state in states:
        seen, bend = _fit(sight, state)
        objects.append(seen)
        bends.append(bend)
    scores = np.array([_score(sight, state) for state in states])
    share = np.exp(scores - scores.max())
    share /= share.sum()
    return SightRates(
        share=share,
        logit=np.stack([state.logit for state in states]),
        error=1 / np.sqrt(np.stack(bends)),
        false=np.stack([state.false for state in states]),
        objects=share @ np.stack(objects),
        shared=np.array([state.shared for state in states]),
        center=np.array([state.center for state in states]),
        mean=np.array([state.mean for state in states]),
    )


def existence_under(rates: SightRates, sight: Sight) -> Existence:
    """What is there, under these rates; nothing is learned."""
    states = [
        _State(*row) for row in zip(
            rates.logit, rates.false, SPREADS, rates.shared.tolist(), rates.mean.tolist(),
            rates.center.tolist(), strict=True,
        )
    ]  # fmt: skip
    expected = [_expect(sight, state) for state in states]
    return Existence(
        rates.share @ np.stack([probability for probability, _, _ in expected]),
        rates.detection,
        rates.false_rate,
        rates.share @ np.stack([unseen.sum(axis=1) for _, _, unseen in expected]),
    )


def _rates(state: _State) -> Floats:
    """Everybody's detection rates by visibility (n_workers, Q)."""
    rates: Floats = 1 / (1 + np.exp(-state.logit[:, None] - state.spread * POINTS))
    return rates


def _fit(sight: Sight, state: _State) -> tuple[Floats, Floats]:
    """EM in place; returns each person's objects and the curvature of the likelihood in their logit."""
    probability = np.full(sight.task.size, 0.5)
    objects, bend = np.zeros(sight.n_workers), np.full(sight.n_workers, 1 / LOGIT_SPREAD**2)
    for _ in range(ROUNDS if sight.task.size else 0):
        before = probability
        probability, points, unseen_points = _expect(sight, state)
        if np.abs(probability - before).max() < CHANGE:
            break
        objects, bend = _maximize(sight, state, probability, points, unseen_points)
    return objects, bend


def _score(sight: Sight, state: _State) -> float:
    """Log-likelihood of who drew what, given that somebody did, with the priors."""
    true, false = _patterns(sight, state)
    lured, mean = _lured(sight, state)
    mass = mean / state.shared * (1 - (1 - lured).prod(axis=1))
    drawn = 1 - _nobody(sight, state).sum(axis=1)
    likelihood = np.log(true.sum(axis=1) + false) - np.log(np.maximum(drawn + mass, 1e-300))[sight.task]
    spread = state.logit - state.logit.mean()
    prior = -0.5 * (spread**2).sum() / LOGIT_SPREAD**2
    relative = state.false / state.mean
    prior += FALSE_SHAPE * (np.log(relative) - relative).sum()
    prior += CROWD_STRENGTH * (FALSE_RATE * np.log(state.mean) - state.mean)
    prior += SHARED_STRENGTH * (SHARED * np.log(state.shared) + (1 - SHARED) * np.log(1 - state.shared))
    return float(likelihood.sum() + prior)


def _expect(sight: Sight, state: _State) -> tuple[Floats, Floats, Floats]:
    """Probability per cluster, its objects by visibility (c, Q), and unseen objects by visibility (t, Q)."""
    visible, false = _patterns(sight, state)
    true = visible.sum(axis=1)
    probability = true / (true + false)
    points = probability[:, None] * visible / true[:, None]
    nobody = _nobody(sight, state)
    hidden = nobody.sum(axis=1, keepdims=True)
    # Objects seen and unseen are as (1 - hidden) to hidden; a task that nobody saw says nothing.
    seen = np.bincount(sight.task, probability, minlength=len(sight.person))[:, None]
    some = sight.looked.sum(axis=1, keepdims=True) > 0
    unseen = np.where(some, seen * nobody / np.maximum(1 - hidden, 0.05), 0.0)
    return probability, points, unseen


def _nobody(sight: Sight, state: _State) -> Floats:
    """Probability of a visibility and that no viewer draws such an object (n_tasks, Q)."""
    logit = state.logit[sight.person][:, :, None] + state.spread * POINTS
    missed = np.where(sight.looked[:, :, None], -np.logaddexp(0, logit), 0.0)
    nobody: Floats = np.exp(missed.sum(axis=1)) * WEIGHTS
    return nobody


def _patterns(sight: Sight, state: _State) -> tuple[Floats, Floats]:
    """Probability that an object is drawn by just these, by visibility (c, Q); false drawings per object."""
    looked = sight.looked[:, :, None]
    logit = state.logit[sight.person][:, :, None] + state.spread * POINTS
    drawn = np.where(looked, -np.logaddexp(0, -logit), 0.0)
    missed = np.where(looked, -np.logaddexp(0, logit), 0.0)
    likelihood = np.where(sight.drew[:, :, None], drawn[sight.task], missed[sight.task]).sum(axis=1)
    visible = np.exp(likelihood) * WEIGHTS
    lured, mean = _lured(sight, state)
    each = np.where(sight.drew, lured[sight.task], 1 - lured[sight.task])
    return visible, mean / state.shared * each.prod(axis=1)


def _lured(sight: Sight, state: _State) -> tuple[Floats, float]:
    """Probability that a viewer takes a given lure for an object (n_tasks, V), 0 if nobody; mean false rate.

    Lures are as many per object as make everybody's false rate, if an average person follows ``shared`` of
    them: none is shared where that is small.
    """
    follows = np.minimum(state.shared * state.false / state.mean, 0.9)
    return np.where(sight.looked, follows[sight.person], 0.0), state.mean


def _maximize(
    sight: Sight, state: _State, probability: Floats, points: Floats, unseen_points: Floats
) -> tuple[Floats, Floats]:
    """One Newton step for the detection rates, and the false rates; objects and curvature per person."""
    people = sight.n_workers
    by_task = np.stack(
        [np.bincount(sight.task, column, minlength=len(sight.person)) for column in points.T], axis=1
    )
    rows, columns = np.nonzero(sight.looked)
    viewer = sight.person[rows, columns]
    exposed = np.zeros((people, POINTS.size))
    np.add.at(exposed, viewer, (by_task + unseen_points)[rows])
    cluster, column = np.nonzero(sight.drew)
    author = sight.person[sight.task[cluster], column]
    drawn = np.bincount(author, probability[cluster], minlength=people)
    rate = _rates(state)
    objects = exposed.sum(axis=1)
    active = objects > 0
    center = float(np.average(state.logit[active])) if active.any() else 0.0
    slope = drawn - (exposed * rate).sum(axis=1) - (state.logit - center) / LOGIT_SPREAD**2
    bend = (exposed * rate * (1 - rate)).sum(axis=1) + 1 / LOGIT_SPREAD**2
    step = np.clip(slope / bend, -1.0, 1.0)
    state.logit = np.clip(state.logit + step, -LOGIT_LIMIT, LOGIT_LIMIT)
    state.center = float(np.average(state.logit[active])) if active.any() else 0.0
    false = np.bincount(author, 1 - probability[cluster], minlength=people)
    pooled = (false.sum() + CROWD_STRENGTH * FALSE_RATE) / (objects.sum() + CROWD_STRENGTH)
    state.false = (false + FALSE_SHAPE) / (objects + FALSE_SHAPE / pooled)
    state.mean = float(state.false.mean())
    # Pairs of people in one false cluster, against those that would be if every lure were followed.
    authors = sight.drew.sum(axis=1)
    rates = np.where(sight.looked, state.false[sight.person], 0.0)
    pairs = (rates.sum(axis=1) ** 2 - (rates**2).sum(axis=1)) / state.mean
    chances = float((by_task + unseen_points).sum(axis=1) @ pairs) + SHARED_STRENGTH
    shared = float((1 - probability) @ (authors * (authors - 1.0))) + SHARED_STRENGTH * SHARED
    state.shared = float(np.clip(shared / chances, 1e-3, 0.8))
    return objects, bend


def best_by_expected_f1(probability: Floats, unseen: float = 0.0) -> tuple[Bools, float]:
    """Which clusters (n,) to keep for the greatest expected F1, and that F1 (0 when there are none).

    F = 2 sum of kept p / (kept + sum of all p + ``unseen``): keep where p >= F / 2, which a descending scan
    finds exactly. Ties are kept together. Source: as in QASCA (Zheng et al., SIGMOD 2015).
    """
    if probability.size == 0:
        return np.zeros(0, dtype=np.bool_), 0.0
    ranked = np.sort(probability)[::-1]
    total = float(probability.sum()) + unseen
    scores = 2 * np.cumsum(ranked) / (np.arange(1, ranked.size + 1) + total)
    best = int(scores.argmax())
    kept: Bools = np.asarray(probability >= ranked[best] - 1e-12)
    return kept, float(scores[best])
