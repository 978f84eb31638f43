"""Crowds with the sizes, redundancy, classes and accuracies of published sets; how people err is assumed.

Of a published set only its table is known: tasks, people, answers per task, classes, and how right the
majority and Dawid-Skene are. Large sets are cut to some thousand tasks.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks.consensus.crowd_set import CrowdSet
from benchmarks.consensus.simulated import Crowd, Dice
from stats.arrays import Floats

Chances = tuple[Crowd, Floats]


@dataclass(frozen=True)
class Mind:
    """Skill of people (mean, spread, on the logit), difficulty of items (spread), how far wrong answers to an
    item go to one class (less: more), share of people who answer by habit, share of items that mislead."""

    skill: float
    spread: float
    hard: float
    alike: float = 1.0
    habit: float = 0.0
    misleading: float = 0.0


def _logistic(values: Floats) -> Floats:
    result: Floats = 1 / (1 + np.exp(-values))
    return result


def _minded(dice: Dice, crowd: Crowd, mind: Mind, common: Floats | None = None) -> Chances:
    """``common`` (K, K): which classes are mixed up by all."""
    tasks, size = crowd.truth.size, crowd.size
    skill, hard = dice.normal(mind.skill, mind.spread, crowd.people), dice.normal(0, mind.hard, tasks)
    right = _logistic(skill[crowd.worker] - hard[crowd.task])
    wrong = dice.dirichlet(np.full(size, mind.alike), tasks)
    wrong = wrong if common is None else wrong * common[crowd.truth]
    wrong[np.arange(tasks), crowd.truth] = 1e-12
    wrong /= wrong.sum(axis=1, keepdims=True)
    chances, rows = wrong[crowd.task] * (1 - right)[:, None], np.arange(right.size)
    chances[rows, crowd.known] = right
    if mind.misleading:
        swap = np.where(dice.random(tasks) < mind.misleading, dice.beta(3, 2, tasks), 0)[crowd.task]
        other = wrong.argmax(axis=1)[crowd.task]
        true, false = chances[rows, crowd.known].copy(), chances[rows, other].copy()
        chances[rows, crowd.known] = true * (1 - swap) + false * swap
        chances[rows, other] = false * (1 - swap) + true * swap
    if mind.habit:
        by_habit = (dice.random(crowd.people) < mind.habit)[crowd.worker]
        habits = dice.dirichlet(np.full(size, 0.4), crowd.people)
        chances[by_habit] = habits[crowd.worker][by_habit]
    return crowd, chances


def _plain(
    tasks: int, people: int, per_task: int, shares: list[float], mind: Mind, *, busy: bool = True
) -> Callable[[Dice], Chances]:
    def made(dice: Dice) -> Chances:
        crowd = Crowd(dice, tasks=tasks, people=people, per_task=per_task, shares=shares, busy=busy)
        return _minded(dice, crowd, mind)

    return made


def _mixed_up(
    tasks: int, people: int, per_task: int, shares: list[float], mind: Mind, common: list[list[float]]
) -> Callable[[Dice], Chances]:
    def made(dice: Dice) -> Chances:
        crowd = Crowd(dice, tasks=tasks, people=people, per_task=per_task, shares=shares)
        return _minded(dice, crowd, mind, np.array(common))

    return made


def _two_sided(
    tasks: int,
    people: int,
    per_task: int,
    shares: list[float],
    rates: tuple[tuple[float, float], tuple[float, float]],
    hard: float,
) -> Callable[[Dice], Chances]:
    """Yes or no: how well people know each class differs (two beta distributions)."""

    def made(dice: Dice) -> Chances:
        crowd = Crowd(dice, tasks=tasks, people=people, per_task=per_task, shares=shares, busy=tasks > 200)
        yes, no = dice.beta(*rates[0], people), dice.beta(*rates[1], people)
        right = np.where(crowd.known == 1, yes[crowd.worker], no[crowd.worker])
        return crowd, crowd.coins(
            _logistic(np.log(right / (1 - right)) - dice.normal(0, hard, tasks)[crowd.task])
        )

    return made


def _plausible(
    people: int, share: float, rates: tuple[tuple[float, float], tuple[float, float]], rest: float
) -> Callable[[Dice], Chances]:
    """Yes or no: a share of what is wrong looks right to many."""

    def made(dice: Dice) -> Chances:
        crowd = Crowd(dice, tasks=2040, people=people, per_task=6, shares=[0.8, 0.2])
        looks = np.where(dice.random(2040) < share, dice.beta(*rates[1], 2040), rest)
        yes = np.where(crowd.truth == 1, dice.beta(*rates[0], 2040), looks)
        skill = dice.beta(5, 1.6, people)[crowd.worker]
        says = skill * yes[crowd.task] + (1 - skill) / 2
        return crowd, np.stack([1 - says, says], axis=1)

    return made


def _pairs(size: int) -> list[list[float]]:
    """Classes that are mixed up in twos."""
    table = np.ones((size, size))
    for first in range(0, size - 1, 2):
        table[first, first + 1], table[first + 1, first] = 6.0, 3.0
    found: list[list[float]] = table.tolist()
    return found


def _facts(dice: Dice) -> Chances:
    """A third class that almost nobody should choose; two fifths of the items spread over all."""
    crowd = Crowd(dice, tasks=8000, people=57, per_task=5, shares=[0.55, 0.43, 0.02])
    skill = dice.beta(12, 1.5, 57)[crowd.worker]
    plain = np.array([0.4, 0.35, 0.25]) * (1 - skill)[:, None]
    plain[np.arange(plain.shape[0]), crowd.known] += skill
    spread = dice.dirichlet([3, 3, 2], 8000)
    spread[np.arange(8000), crowd.truth] += 0.4
    spread /= spread.sum(axis=1, keepdims=True)
    is_hard = (dice.random(8000) < 0.4)[crowd.task]
    return crowd, np.where(is_hard[:, None], 0.85 * spread[crowd.task] + 0.15 * plain, plain)


def _relevance(dice: Dice) -> Chances:
    """Five ordered grades; people are shifted, unequally sharp, or answer at random."""
    crowd = Crowd(dice, tasks=2665, people=177, per_task=6, shares=[1, 2, 4, 5, 4])
    sharp, shift = 0.2 + 0.9 * (1 - dice.beta(1.3, 1.3, 177)), dice.normal(0, 0.5, 177)
    seen = crowd.known + shift[crowd.worker] + dice.normal(0, 0.35, 2665)[crowd.task]
    near = np.exp(-((np.arange(5) - seen[:, None]) ** 2) / (2 * sharp[crowd.worker, None] ** 2))
    near = 0.92 * near / near.sum(axis=1, keepdims=True) + 0.016
    return crowd, np.where((dice.random(177) < 0.15)[crowd.worker][:, None], 0.2, near)


RELEVANCE = [[1, 2, 1, 1], [3, 1, 2, 1], [1, 4, 1, 1], [1, 1, 1, 1.0]]
ADULT = [[0.01, 3, 1, 0.3], [3, 0.01, 2, 0.5], [1, 3, 0.01, 2], [0.3, 1, 3, 0.01]]
WEATHER = [3.0, 3, 2, 2, 1]
KINDS: dict[str, Callable[[Dice], Chances]] = {
    "sp": _plain(4999, 203, 6, [1, 1], Mind(2.2, 0.8, 1.0, habit=0.08)),
    "sp_amt": _plain(500, 143, 20, [1, 1], Mind(2.6, 0.8, 1.6)),
    "snow_temp": _plain(462, 76, 10, [0.44, 0.56], Mind(2.2, 1.0, 1.0)),
    "snow_wsd": _plain(177, 34, 10, [0.7, 0.25, 0.05], Mind(4.0, 0.8, 1.5)),
    "barzan": _plain(1000, 80, 5, [1, 1], Mind(0.85, 0.5, 1.0, misleading=0.08)),
    "face": _plain(584, 27, 9, [2, 2, 1, 1], Mind(0.5, 0.4, 2.2, alike=0.4), busy=False),
    "dog": _plain(807, 109, 10, [1, 1, 1, 1], Mind(1.4, 0.7, 1.2, alike=0.3)),
    "music": _plain(700, 44, 4, [1.0] * 10, Mind(0.35, 1.3, 0.9, alike=0.5)),
    "weather_cf": _plain(300, 461, 6, WEATHER, Mind(1.7, 0.6, 1.2, alike=0.5), busy=False),
    "weather_cf_amt": _plain(300, 110, 20, WEATHER, Mind(1.3, 0.8, 1.4, alike=0.4)),
    "trec2011": _two_sided(8000, 400, 5, [1, 1], ((6, 2.5), (4, 3)), 0.9),
    "s_rel": _mixed_up(5000, 400, 5, [2, 4, 2, 1], Mind(-0.1, 0.8, 1.0, alike=2, habit=0.15), RELEVANCE),
    "s_adult": _mixed_up(2500, 250, 8, [6, 1.5, 1, 1], Mind(0.9, 0.8, 1.4, alike=2, habit=0.05), ADULT),
    "cifar10n": _plain(8000, 300, 3, [1.0] * 10, Mind(2.2, 0.7, 1.2, alike=0.3)),
    "d_possent": _plain(1000, 85, 20, [0.53, 0.47], Mind(1.9, 0.9, 1.0, habit=0.1)),
    "d_product": _two_sided(5000, 176, 3, [0.88, 0.12], ((4, 2.2), (7, 1.2)), 0.0),
    "zencrowd_us": _plausible(74, 0.35, ((14, 4), (6, 9)), 0.04),
    "zencrowd_in": _plausible(25, 0.6, ((12, 4), (8, 10)), 0.08),
    "bluebird": _two_sided(108, 39, 39, [0.44, 0.56], ((6, 3.2), (3.2, 2.6)), 0.6),
    "labelme": _mixed_up(1000, 59, 3, [1.0] * 8, Mind(0.8, 0.7, 1.0), _pairs(8)),
    "fact_eval": _facts,
    "web": _relevance,
}  # fmt: skip


def lookalikes(times: int, *, only: frozenset[str] = frozenset(KINDS)) -> list[CrowdSet]:
    """So many crowds like every set, or like some, always the same ones."""
    sets = []
    for place, (name, kind) in enumerate(KINDS.items()):
        for seed in range(times if name in only else 0):
            crowd, chances = kind(np.random.default_rng([1000 + place, seed]))
            sets.append(crowd.draw(f"like_{name}-{seed}", chances))
    return sets
