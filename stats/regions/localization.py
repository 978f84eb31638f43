"""How exactly everybody draws: the noise of edges per person, with an interval."""

from dataclasses import dataclass, field

import numpy as np

from stats.arrays import Codes, Floats

ROUNDS, CHANGE = 60, 1e-4
# How unequal people are, as the variance of log(variance), before there is evidence, and of how many people.
BETWEEN, BETWEEN_STRENGTH = 0.5, 3.0
LEAST = 1e-8
TAILS = (0.025, 0.975)
# The posterior is looked at on so many points, so many standard errors to both sides of its mode.
GRID, REACH = 65, 8.0
FEW = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class Localization:
    """``deviation`` (n_workers,) standard deviation of a person's edges, as a share of the object's scale.

    ``low`` and ``high``: its 95 % interval. ``compared`` (n_workers,): how many drawings of theirs stand
    beside another's; who has none has the crowd's level and an interval as wide as people differ. ``edges``
    (d,): each edge's variance beside the mean of all.
    """

    deviation: Floats
    low: Floats
    high: Floats
    compared: Codes
    edges: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Shared:
    """The drawings that stand beside another's, their places in units of the object's size."""

    cluster: Codes
    worker: Codes
    place: Floats
    n_clusters: int
    n_workers: int


@dataclass(frozen=True, slots=True, eq=False)
class _Beside:
    """Of each drawing beside the weighted mean of the others' of its object: mean ``square`` over the edges
    (n,), ``squares`` (n, d), the variance of that mean (``error``, n), and its share of the weight."""

    square: Floats
    squares: Floats
    error: Floats
    share: Floats


@dataclass(slots=True, eq=False)
class _State:
    """``log`` (n_workers,) of the variance with its ``error``; normal around ``center``, ``between`` apart.

    A drawing is worth ``worth`` independent edges, of which everybody's own part is ``told``.
    """

    log: Floats
    edges: Floats
    center: float
    between: float
    worth: float = 1.0
    told: Floats = field(default_factory=lambda: np.ones(0))
    error: Floats = field(default_factory=lambda: np.ones(0))


def object_sizes(where: Floats) -> Floats:
    """Geometric mean of the sides of places (n, d): low corner, high corner."""
    half = where.shape[1] // 2
    sides = np.maximum(where[:, half:] - where[:, :half], 1e-9)
    size: Floats = np.exp(np.log(sides).mean(axis=1))
    return size


def weighted_places(cluster: Codes, weight: Floats, places: Floats, n_clusters: int) -> Floats:
    """Weighted mean place of every cluster (n_clusters, d); each needs a drawing of some weight."""
    total = np.bincount(cluster, weight, minlength=n_clusters)
    columns = [np.bincount(cluster, weight * column, minlength=n_clusters) / total for column in places.T]
    where: Floats = np.stack(columns, axis=1)
    return where


def fit_localization(
    cluster: Codes, worker: Codes, places: Floats, size: Floats, n_workers: int
) -> Localization:
    """Everybody's noise, from drawings (n, d) of objects of a scale ``size`` (n_clusters,).

    The edges of a drawing are the object's plus normal noise with a variance of the author's own: these
    variance components are found by restricted maximum likelihood (everybody's drawings beside the weighted
    mean of the others'), with a log-normal prior whose center and spread are learned of the crowd. A drawing
    far off counts to a limit. The interval is of the posterior, with how edges move together and what is not
    known of the others taken into account. What a person always does (boxes too wide) is part of the noise.
    Without any two drawings of one object: 1 for everybody, in (0, inf).
    """
    among = np.bincount(cluster, minlength=size.size)[cluster] >= 2
    compared = np.bincount(worker[among], minlength=n_workers).astype(np.int32)
    if not among.any():
        ones = np.ones(n_workers)
        return Localization(ones, np.zeros(n_workers), ones * np.inf, compared, np.ones(places.shape[1]))
    dense = (np.cumsum(np.bincount(cluster[among], minlength=size.size) > 0) - 1)[cluster[among]]
    unit = places[among] / size[cluster[among]][:, None]
    shared = _Shared(dense.astype(np.int32), worker[among], unit, int(dense.max()) + 1, n_workers)
    state = _start(shared)
    for _ in range(ROUNDS):
        if _improve(shared, state) < CHANGE:
            break
    mean, low, high = _posterior(shared, state)
    return Localization(mean, low, high, compared, state.edges)


def _start(shared: _Shared) -> _State:
    edges = np.ones(shared.place.shape[1])
    beside = _beside_others(shared, np.ones(shared.n_workers), edges)
    # With equal weights a square is of one variance and the others' share of it.
    level = float(np.mean(beside.square / (1 + beside.error)))
    center = float(np.log(max(level, LEAST)))
    return _State(np.full(shared.n_workers, center), edges, center, BETWEEN)


def _beside_others(shared: _Shared, variance: Floats, edges: Floats) -> _Beside:
    weight = 1 / variance[shared.worker]
    total = np.bincount(shared.cluster, weight, minlength=shared.n_clusters)[shared.cluster]
    others = np.maximum(total - weight, 1e-12 * total)
    where = weighted_places(shared.cluster, weight, shared.place, shared.n_clusters)[shared.cluster]
    off = (shared.place - where) * (total / others)[:, None]
    squares = off**2
    return _Beside((squares / edges).mean(axis=1), squares, 1 / others, weight / total)


def _improve(shared: _Shared, state: _State) -> float:
    """One step of everybody's variance, the edges', and the prior; how far the furthest went."""
    variance = np.exp(state.log)
    beside = _beside_others(shared, variance, state.edges)
    expected = variance[shared.worker] + beside.error
    relative = np.minimum(beside.square / expected, _furthest(shared))
    state.worth = float(np.clip(2 / max(float(relative.var()), 1e-9), 1.0, state.edges.size))
    state.told = _told(shared, beside.share, 2 / (state.worth * state.between))
    half = state.worth / 2 * state.told
    free = 1 - beside.share
    slope = half * np.bincount(shared.worker, free * (relative - 1), minlength=shared.n_workers)
    bend = half * np.bincount(shared.worker, free**2, minlength=shared.n_workers) + 1 / state.between
    step = (slope - (state.log - state.center) / state.between) / bend
    state.log = state.log + np.clip(step / 2, -1.0, 1.0)
    state.log = np.maximum(state.log, np.log(LEAST))
    state.error = 1 / np.sqrt(bend)
    seen = np.bincount(shared.worker, minlength=shared.n_workers) > 0
    state.center = float(np.average(state.log[seen]))
    spread = (state.log[seen] - state.center) ** 2 + state.error[seen] ** 2
    state.between = float((spread.sum() + BETWEEN_STRENGTH * BETWEEN) / (seen.sum() + BETWEEN_STRENGTH))
    counted = relative / np.maximum(beside.square, 1e-300)
    edges = np.maximum((beside.squares * counted[:, None]).mean(axis=0), 1e-9)
    state.edges = edges / edges.mean()
    return float(np.abs(step[seen]).max())


def _furthest(shared: _Shared) -> float:
    """So many times what is expected a drawing's mean square counts at most; normal ones hardly ever are."""
    return 4 + 5 / float(shared.place.shape[1])


def _told(shared: _Shared, share: Floats, prior: float) -> Floats:
    """How much of what a person's drawings say is of their own variance (n_workers,), in (0, 1].

    The rest depends on the others', which are not known exactly: the Schur complement of the information,
    each other person by themselves.
    """
    from scipy.sparse import coo_array  # when used: the web need not wait for it

    own = np.bincount(shared.worker, (1 - share) ** 2, minlength=shared.n_workers)
    sizes = (shared.n_clusters, shared.n_workers)
    shares = coo_array((share, (shared.cluster, shared.worker)), shape=sizes).tocsr()
    common = (shares.T @ shares).tocsr()
    common.setdiag(0)
    lost = common.multiply(common) @ (1 / (own + prior))
    told: Floats = np.clip(1 - lost / np.maximum(own, 1e-300), 0.01, 1.0)
    return told


def _posterior(shared: _Shared, state: _State) -> tuple[Floats, Floats, Floats]:
    """Mean (of the logarithm) and ends of everybody's posterior deviation, on a grid around the mode."""
    beside = _beside_others(shared, np.exp(state.log), state.edges)
    steps = np.linspace(-REACH, REACH, GRID)
    logs = state.log + steps[:, None] * state.error
    # Of few people the crowd's center and spread are not known well.
    prior = state.between * (1 + FEW / max(np.unique(shared.worker).size, 1))
    density = -((logs - state.center) ** 2) / (2 * prior)
    half = state.worth / 2 * state.told
    furthest = _furthest(shared)
    for row, variance in enumerate(np.exp(logs)):
        expected = variance[shared.worker] + beside.error
        relative = beside.square / expected
        beyond = np.log(np.maximum(relative / furthest, 1.0))
        off = np.log(expected) + np.minimum(relative, furthest) + furthest * beyond
        density[row] -= half * np.bincount(shared.worker, off, minlength=shared.n_workers)
    density = np.exp(density - density.max(axis=0))
    mean = (density * logs).sum(axis=0) / density.sum(axis=0)
    mass = np.cumsum(density, axis=0)
    mass = (mass - density / 2) / mass[-1]
    ends = np.array([np.interp(TAILS, *columns) for columns in zip(mass.T, logs.T, strict=True)]).T
    return np.exp(mean / 2), np.exp(ends[0] / 2), np.exp(ends[1] / 2)
