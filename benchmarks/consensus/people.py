"""Crowds in which the others are unsure: what accuracy by consensus says of people whose skill is known."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from stats.arrays import Codes, Floats
from stats.consensus.answers import Answers
from stats.consensus.robust import robust_consensus
from stats.trust.by_others import skill_by_others
from stats.trust.confusion import skill_posterior
from stats.trust.leave_out import left_out_counts

LEAST, MOST = 0.55, 0.97


@dataclass(frozen=True)
class SoftCrowd:
    """Skills are even between 0.55 and 0.97; ``uneven``: spread of a person's classes on the log-odds."""

    name: str
    people: int
    classes: int
    tasks: int
    per_task: int
    shares: tuple[float, ...] = ()
    uneven: float = 0.0


KINDS = (
    SoftCrowd("3 people, K=2", 3, 2, 300, 3),
    SoftCrowd("3 people, K=4", 3, 4, 300, 3),
    SoftCrowd("3 people, K=10", 3, 10, 300, 3, uneven=0.5),
    SoftCrowd("5 people, K=2", 5, 2, 300, 3),
    SoftCrowd("5 people, K=4", 5, 4, 400, 2, uneven=0.5),
    SoftCrowd("12 people, K=2", 12, 2, 600, 2),
    SoftCrowd("12 people, K=2, uneven", 12, 2, 400, 3, uneven=0.5),
    SoftCrowd("12 people, K=2, rare class", 12, 2, 600, 3, (0.85, 0.15), 0.5),
    SoftCrowd("12 people, K=4, unequal", 12, 4, 400, 3, (5, 3, 1, 1), 0.5),
    SoftCrowd("12 people, K=10", 12, 10, 500, 3),
    SoftCrowd("12 people, K=10, unequal", 12, 10, 500, 3, (10, 8, 6, 4, 3, 2, 2, 1, 1, 1), 0.5),
    SoftCrowd("60 people, 15 answers each", 60, 2, 300, 3),
    SoftCrowd("40 people, 15 answers each, K=4", 40, 4, 150, 4),
    SoftCrowd("300 people, 20 answers each, K=3", 300, 3, 1200, 5, uneven=0.5),
)


def made(kind: SoftCrowd, seed: int) -> tuple[Answers, Codes, Floats]:
    """Answers, the truth, and everybody's matrix; always the same ones."""
    dice = np.random.default_rng([seed, *kind.name.encode()])
    people, size = kind.people, kind.classes
    shares = _shares(kind)
    truth = dice.choice(size, kind.tasks, p=shares).astype(np.int32)
    skill = dice.uniform(LEAST, MOST, people)
    odds = np.log(skill / (1 - skill))[:, None] + kind.uneven * dice.normal(0, 1, (people, size))
    right = 1 / (1 + np.exp(-odds))
    matrix = dice.dirichlet(np.full(size, 2.0), (people, size)) * (1 - np.eye(size))
    matrix *= ((1 - right) / matrix.sum(axis=2))[..., None]
    each = np.arange(size)
    matrix[:, each, each] = right
    worker = np.concatenate(
        [dice.choice(people, kind.per_task, replace=False) for _ in range(kind.tasks)]
    ).astype(np.int32)
    task = np.repeat(np.arange(kind.tasks), kind.per_task).astype(np.int32)
    bounds = matrix[worker, truth[task]].cumsum(axis=1)[:, :-1]
    label = (dice.random(task.size)[:, None] > bounds).sum(axis=1).astype(np.int32)
    return Answers(task, worker, label, kind.tasks, people, size), truth, matrix


def _shares(kind: SoftCrowd) -> Floats:
    shares = np.array(kind.shares or (1.0,) * kind.classes)
    normed: Floats = shares / shares.sum()
    return normed


def measured(kind: SoftCrowd, *, times: int) -> dict[str, Any]:
    """Over so many crowds: mean error of accuracy by counting soft posteriors, and as it is stated; share of
    95 % intervals that hold the real accuracy; effective answers to one that was given."""
    counted, stated, covered, effective = [], [], [], []
    for seed in range(times):
        answers, _, matrix = made(kind, seed)
        fit = robust_consensus(answers)
        real = np.diagonal(matrix, axis1=1, axis2=2) @ _shares(kind)
        found = skill_by_others(answers, fit)
        counted.append(skill_posterior(left_out_counts(answers, fit)).accuracy - real)
        stated.append(found.accuracy - real)
        covered.append((found.low <= real) & (real <= found.high))
        effective.append(found.n / np.maximum(answers.per_worker, 1))
    return {
        "intervals": int(np.size(covered)),
        "bias of counts": float(np.mean(counted)),
        "bias": float(np.mean(stated)),
        "error": float(np.sqrt(np.mean(np.square(stated)))),
        "covered": float(np.mean(covered)),
        "effective": float(np.mean(effective)),
    }


def people_table(times: int) -> str:
    """A row for each kind of crowd, of so many crowds each."""
    head = ("intervals", "bias of counts", "bias", "error", "covered", "effective")
    rows = ["crowd".ljust(34) + "".join(name.rjust(16) for name in head)]
    for kind in KINDS:
        found = measured(kind, times=times)
        rows.append(kind.name.ljust(34) + "".join(f"{found[name]:16.4g}" for name in head))
    return "\n".join(rows)
