"""Simulated crowds of many kinds, by seed: what the default method was chosen on."""

from collections.abc import Callable

import numpy as np

from benchmarks.consensus.crowd_set import CrowdSet
from stats.arrays import Codes, Floats
from stats.consensus.answers import Answers

Dice = np.random.Generator


class Crowd:
    """Tasks with their truth, and who answered which: ``draw`` turns chances into answers."""

    def __init__(
        self, dice: Dice, *, tasks: int, people: int, per_task: int, shares: list[float], busy: bool = True
    ) -> None:
        self.dice, self.people, self.size = dice, people, len(shares)
        chances = np.array(shares) / sum(shares)
        self.truth = dice.choice(self.size, tasks, p=chances).astype(np.int32)
        # Few people do much of the work, as in most crowds.
        pull = dice.pareto(1.2, people) + 0.2 if busy else np.ones(people)
        pull /= pull.sum()
        who = [dice.choice(people, per_task, replace=False, p=pull) for _ in range(tasks)]
        self.task = np.repeat(np.arange(tasks), per_task).astype(np.int32)
        self.worker = np.concatenate(who).astype(np.int32)

    @property
    def known(self) -> Codes:
        """Of each answer, the truth of its task."""
        return self.truth[self.task]

    def coins(self, right: Floats) -> Floats:
        """Chances (answers, classes): right with this chance, else any other class."""
        chances = np.tile(((1 - right) / (self.size - 1))[:, None], (1, self.size))
        chances[np.arange(right.size), self.known] = right
        return chances

    def matrices(self, strength: float, base: Floats) -> Floats:
        """Chances from a matrix for each person, drawn around a common one."""
        own = np.stack(
            [[self.dice.dirichlet(row * strength + 1e-3) for row in base] for _ in range(self.people)]
        )
        chances: Floats = own[self.worker, self.known]
        return chances

    def draw(self, name: str, chances: Floats) -> CrowdSet:
        """One answer each."""
        sums = (chances / chances.sum(axis=1, keepdims=True)).cumsum(axis=1)[:, :-1]
        label = (self.dice.random(len(chances))[:, None] > sums).sum(axis=1).astype(np.int32)
        answers = Answers(self.task, self.worker, label, self.truth.size, self.people, self.size)
        return CrowdSet(name, answers, self.truth, is_simulated=True)


def independent(dice: Dice) -> tuple[Crowd, Floats]:
    """A matrix for each person, errors independent: what Dawid-Skene assumes."""
    crowd = Crowd(dice, tasks=400, people=40, per_task=5, shares=[4, 2, 1])
    return crowd, crowd.matrices(6, 0.25 * dice.dirichlet(np.ones(3), 3) + 0.75 * np.eye(3))


def one_skill(dice: Dice) -> tuple[Crowd, Floats]:
    """One accuracy for each person."""
    crowd = Crowd(dice, tasks=500, people=60, per_task=4, shares=[1, 1, 1, 1])
    return crowd, crowd.coins(dice.beta(3, 1.5, 60)[crowd.worker])


def few_answers(dice: Dice) -> tuple[Crowd, Floats]:
    """Many people with a dozen answers each, and common mix-ups."""
    crowd = Crowd(dice, tasks=300, people=120, per_task=5, shares=[3, 2, 2, 1, 1], busy=False)
    return crowd, crowd.matrices(12, 0.35 * dice.dirichlet(np.full(5, 0.6), 5) + 0.65 * np.eye(5))


def spammers(dice: Dice) -> tuple[Crowd, Floats]:
    """A fifth answers at random, a seventh always the same."""
    crowd = Crowd(dice, tasks=600, people=60, per_task=5, shares=[2, 1, 1])
    matrices = np.tile(0.1 + 0.7 * np.eye(3), (60, 1, 1))
    matrices[:12] = 1 / 3
    matrices[12:21] = np.eye(3)[dice.integers(0, 3, 9)][:, None, :] + 0.01
    return crowd, matrices[crowd.worker, crowd.known]


def adversaries(dice: Dice) -> tuple[Crowd, Floats]:
    """A fifth is mostly wrong."""
    crowd = Crowd(dice, tasks=300, people=30, per_task=9, shares=[1, 1], busy=False)
    skill = np.where(np.arange(30) < 6, dice.beta(2, 5, 30), dice.beta(5, 2, 30))
    return crowd, crowd.coins(skill[crowd.worker])


def biased(dice: Dice) -> tuple[Crowd, Floats]:
    """A rare class, three answers each, people who differ in what they overlook."""
    crowd = Crowd(dice, tasks=3000, people=120, per_task=3, shares=[0.87, 0.13])
    seen, kept = dice.beta(4, 2, 120), dice.beta(12, 1.5, 120)
    return crowd, crowd.coins(np.where(crowd.known == 1, seen[crowd.worker], kept[crowd.worker]))


def difficult_items(dice: Dice) -> tuple[Crowd, Floats]:
    """Ability and easiness: what GLAD assumes."""
    crowd = Crowd(dice, tasks=600, people=50, per_task=7, shares=[1, 1])
    easiness, ability = np.exp(dice.normal(0, 0.8, 600)), dice.normal(1.2, 0.8, 50)
    return crowd, crowd.coins(1 / (1 + np.exp(-ability[crowd.worker] * easiness[crowd.task])))


def plausible_items(dice: Dice) -> tuple[Crowd, Floats]:
    """Yes or no; half of what is wrong looks right to everybody."""
    crowd = Crowd(dice, tasks=2000, people=74, per_task=6, shares=[0.85, 0.15])
    is_plausible = dice.random(2000) < 0.5
    yes = np.where(
        crowd.truth == 1, dice.beta(16, 4, 2000), np.where(is_plausible, dice.beta(8, 12, 2000), 0.03)
    )
    skill = dice.beta(6, 1.5, 74)[crowd.worker]
    says = skill * yes[crowd.task] + (1 - skill) / 2
    return crowd, np.stack([1 - says, says], axis=1)


def misleading_items(dice: Dice) -> tuple[Crowd, Floats]:
    """Each item resembles another class, some much."""
    crowd = Crowd(dice, tasks=800, people=50, per_task=8, shares=[1, 1, 1, 1])
    alike, skill = dice.beta(1, 2.2, 800) * 0.95, dice.beta(5, 2, 50)[crowd.worker]
    other = (crowd.truth + dice.integers(1, 4, 800)) % 4
    chances, rows = np.tile(((1 - skill) / 4)[:, None], (1, 4)), np.arange(crowd.task.size)
    chances[rows, crowd.known] += skill * (1 - alike[crowd.task])
    chances[rows, other[crowd.task]] += skill * alike[crowd.task]
    return crowd, chances


def grades(dice: Dice) -> tuple[Crowd, Floats]:
    """Five ordered grades; people are shifted and unequally sharp."""
    crowd = Crowd(dice, tasks=1200, people=150, per_task=6, shares=[2, 3, 5, 6, 4])
    sharp, shift = 0.25 + 1.0 * (1 - dice.beta(1.2, 1.5, 150)), dice.normal(0, 0.5, 150)
    far = np.arange(5) - (crowd.known + shift[crowd.worker])[:, None]
    near = np.exp(-(far**2) / (2 * sharp[crowd.worker, None] ** 2))
    return crowd, 0.9 * near / near.sum(axis=1, keepdims=True) + 0.02


def rare_doubt(dice: Dice) -> tuple[Crowd, Floats]:
    """A third class almost nobody should choose, and a quarter of the items that spread over all three."""
    crowd = Crowd(dice, tasks=3000, people=57, per_task=5, shares=[0.55, 0.43, 0.02])
    skill = dice.beta(9, 1.5, 57)[crowd.worker]
    plain = np.array([0.4, 0.35, 0.25]) * (1 - skill)[:, None]
    plain[np.arange(plain.shape[0]), crowd.known] += skill
    spread = dice.dirichlet([3, 3, 3], 3000)
    spread[np.arange(3000), crowd.truth] += 0.35
    spread /= spread.sum(axis=1, keepdims=True)
    is_hard = (dice.random(3000) < 0.25)[crowd.task]
    return crowd, np.where(is_hard[:, None], 0.85 * spread[crowd.task] + 0.15 * plain, plain)


def near_chance(dice: Dice) -> tuple[Crowd, Floats]:
    """Yes or no with little knowledge and much habit."""
    crowd = Crowd(dice, tasks=1000, people=100, per_task=5, shares=[1, 1])
    habit, skill = dice.normal(0, 0.8, 100), np.abs(dice.normal(0.55, 0.5, 100))
    pull = (2 * crowd.known - 1) * skill[crowd.worker] + habit[crowd.worker]
    says = 1 / (1 + np.exp(-(pull + dice.normal(0, 0.5, 1000)[crowd.task])))
    return crowd, np.stack([1 - says, says], axis=1)


KINDS: tuple[Callable[[Dice], tuple[Crowd, Floats]], ...] = (
    *(independent, one_skill, few_answers, spammers, adversaries, biased),
    *(difficult_items, plausible_items, misleading_items, grades, rare_doubt, near_chance),
)


def simulated(times: int) -> list[CrowdSet]:
    """So many crowds of every kind, always the same ones."""
    sets = []
    for place, kind in enumerate(KINDS):
        for seed in range(times):
            crowd, chances = kind(np.random.default_rng([place, seed]))
            sets.append(crowd.draw(f"{kind.__name__}-{seed}", chances))
    return sets
