"""Simulated people answer simulated tasks under several plans, judged by the real inference and rule."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit  # scipy.stats has it too, and takes a second to import

from stats.arrays import Bools, Codes, Floats
from stats.consensus.answers import Answers
from stats.consensus.overlap import StoppingRule
from stats.consensus.result import Consensus
from stats.consensus.robust import robust_consensus
from stats.planning.crowd import CrowdModel
from stats.planning.value import value_of_more

GOLD_ITEMS = 50
LEVEL = 0.95


@dataclass(frozen=True)
class Plan:
    """How many answers a task gets, and shares as in a project's settings.

    ``gold_share`` of what is served is gold; a reviewer looks at ``review_share`` of the answers.
    """

    rule: StoppingRule
    gold_share: float = 0.0
    review_share: float = 0.0


@dataclass(frozen=True)
class Expected:
    """Mean over the runs, and the range in which the next run would lie 95 times of 100."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Outcome:
    """What a plan reaches and costs. All but ``accuracy`` are per task.

    accuracy: share of tasks whose final answer is right, in [0, 1]; answers: to work, without gold;
    gold: answers to hidden gold; reviews; at_most: share of the tasks that took the greatest number.
    """

    accuracy: Expected
    answers: Expected
    gold: Expected
    reviews: Expected
    at_most: Expected


@dataclass(frozen=True, eq=False)
class _World:
    """What one run has in common for all plans, so that they are compared on the same luck.

    truth (n,); order, label, reviewed (n, m): who is asked first, second, ..., what they would say, and a
    number in [0, 1) that decides whether a reviewer looks; gold_truth (g,), gold_label (people, g).
    """

    truth: Codes
    order: Codes
    label: Codes
    reviewed: Floats
    gold_truth: Codes
    gold_label: Codes
    people: int
    classes: int


def simulate(
    crowd: CrowdModel,
    plans: Sequence[Plan],
    *,
    tasks: int,
    people: int,
    runs: int = 20,
    seed: int = 0,
    said: Callable[[int], None] | None = None,
) -> tuple[Outcome, ...]:
    """Let ``people`` drawn from the crowd answer ``tasks`` under each plan, ``runs`` times over.

    After every round of answers ``robust_consensus`` is fitted and the plan's rule asks one more where it is
    not sure enough. Reviewers are always right. The same seed gives the same bits; all plans meet the same
    people, tasks and luck. ``said`` is told after each run how many are done. tasks, people >= 1 and
    runs >= 2 or ValueError.
    """
    if tasks < 1 or people < 1 or runs < 2 or not plans:
        message = "need tasks and people >= 1, runs >= 2 and a plan"
        raise ValueError(message)
    rows = np.empty((runs, len(plans), 5))
    for run in range(runs):
        rng = np.random.default_rng([seed, run])
        world = _world(rng, crowd, tasks, people, max(plan.rule.most for plan in plans))
        rows[run] = [_follow(world, plan) for plan in plans]
        if said is not None:
            said(run + 1)
    return tuple(_outcome(plan, rows[:, place]) for place, plan in enumerate(plans))


def _world(rng: np.random.Generator, crowd: CrowdModel, tasks: int, people: int, most: int) -> _World:
    matrices = crowd.people(rng, people)
    truth = rng.choice(crowd.classes, tasks, p=crowd.marginals).astype(np.int32)
    order = rng.random((tasks, people)).argsort(axis=1)[:, :most].astype(np.int32)
    gold_truth = rng.choice(crowd.classes, GOLD_ITEMS, p=crowd.marginals).astype(np.int32)
    who = np.arange(people)[:, None]
    return _World(
        truth=truth,
        order=order,
        label=_answers(rng, matrices[order, truth[:, None]]),
        reviewed=rng.random(order.shape),
        gold_truth=gold_truth,
        gold_label=_answers(rng, matrices[who, gold_truth[None, :]]),
        people=people,
        classes=crowd.classes,
    )


def _answers(rng: np.random.Generator, rows: Floats) -> Codes:
    """A class for each row of probabilities (..., K)."""
    ends = rows.cumsum(axis=-1)
    drawn = (rng.random((*rows.shape[:-1], 1)) >= ends).sum(axis=-1)
    codes: Codes = np.minimum(drawn, rows.shape[-1] - 1).astype(np.int32)
    return codes


def _follow(world: _World, plan: Plan) -> tuple[float, float, float, float, float]:
    """accuracy, answers, gold answers, reviews, share at the greatest number."""
    tasks, limit = world.order.shape
    most = min(plan.rule.most, limit)
    count = np.full(tasks, min(plan.rule.least, most), dtype=np.int32)
    while True:
        given = np.arange(limit) < count[:, None]
        gold = _gold_each(plan, int(count.sum()), world.people)
        fit = _fit(world, given, gold)
        posterior = fit.posterior[:tasks]
        more = plan.rule.asks(count, posterior.max(axis=1), _value(plan.rule, fit, most - count))
        more &= count < most
        if not more.any():
            break
        count += more
    looked = given & (world.reviewed < plan.review_share)
    right = (posterior.argmax(axis=1) == world.truth) | looked.any(axis=1)
    return (
        float(right.mean()),
        float(count.mean()),
        gold * world.people / tasks,
        float(looked.sum() / tasks),
        float((count >= most).mean()),
    )


def _gold_each(plan: Plan, answers: int, people: int) -> int:
    """Gold answers of each person beside so many answers to work."""
    return min(round(plan.gold_share / (1 - plan.gold_share) * answers / people), GOLD_ITEMS)


def _value(rule: StoppingRule, fit: Consensus, left: Codes) -> Floats | float:
    """What one more answer to each task is worth, if the rule asks for that."""
    if not rule.worth:
        return np.nan
    return value_of_more(fit.posterior[: len(left)], fit.pooled, left, temper=fit.temper)


def _fit(world: _World, given: Bools, gold: int) -> Consensus:
    """Of the tasks, and after them of the gold."""
    tasks = len(world.truth)
    task, place = np.nonzero(given)
    items = np.tile(np.arange(gold), world.people)
    known = np.concatenate([np.full(tasks, -1, dtype=np.int32), world.gold_truth[:gold]])
    answers = Answers(
        task=np.concatenate([task, tasks + items]).astype(np.int32),
        worker=np.concatenate([world.order[task, place], np.repeat(np.arange(world.people), gold)]).astype(
            np.int32
        ),
        label=np.concatenate([world.label[task, place], world.gold_label[:, :gold].ravel()]).astype(np.int32),
        n_tasks=tasks + gold,
        n_workers=world.people,
        n_classes=world.classes,
        gold=known if gold else None,
    )
    return robust_consensus(answers)


def _outcome(plan: Plan, rows: Floats) -> Outcome:
    limits = ((0.0, 1.0), (plan.rule.least, plan.rule.most), (0.0, np.inf), (0.0, plan.rule.most), (0.0, 1.0))
    return Outcome(*(_expected(column, *limit) for column, limit in zip(rows.T, limits, strict=True)))


def _expected(values: Floats, lowest: float, highest: float) -> Expected:
    """Mean with the prediction interval of Student's t for one more run, as far as it is possible."""
    runs, mean = len(values), float(values.mean())
    reach = float(stdtrit(runs - 1, (1 + LEVEL) / 2) * values.std(ddof=1) * np.sqrt(1 + 1 / runs))
    return Expected(mean, max(mean - reach, min(lowest, mean)), min(mean + reach, max(highest, mean)))
