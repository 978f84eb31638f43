"""Trust brought up to date answer by answer, beside a full fit of the same answers: how far they differ."""

from dataclasses import dataclass, field

import numpy as np

from benchmarks.consensus.people import SoftCrowd, made
from stats.arrays import Bools, Floats
from stats.consensus.answers import Answers
from stats.consensus.robust import robust_consensus
from stats.trust.by_others import skill_and_sums, skill_by_others
from stats.trust.since_fit import CrowdSums, PeopleSums, TaskVotes, add, skill_now


@dataclass
class Apart:
    """Of each person: distance of the two accuracies, and half the width of the full fit's interval; and how
    far the accuracy that nobody brought up to date lies from the full fit's."""

    distance: list[Floats] = field(default_factory=list)
    half: list[Floats] = field(default_factory=list)
    idle: list[Floats] = field(default_factory=list)

    def figures(self) -> dict[str, float]:
        """Mean and largest distance, and both as a share of half the interval."""
        distance, half, idle = (np.concatenate(each) for each in (self.distance, self.half, self.idle))
        return {
            "mean": float(distance.mean()),
            "max": float(distance.max()),
            "of half": float((distance / half).mean()),
            "max of half": float((distance / half).max()),
            "root mean square": float(np.sqrt((distance**2).mean())),
            "not updated": float(np.sqrt((idle**2).mean())),
        }


def apart(kind: SoftCrowd, new: float, *, times: int) -> Apart:
    """Over so many crowds, a share ``new`` of whose answers came after the fit."""
    found = Apart()
    for seed in range(times):
        answers, _, _ = made(kind, seed)
        late = np.random.default_rng(seed).random(answers.size) < new
        early = part(answers, ~late)
        before, crowd, people = skill_and_sums(early, robust_consensus(early))
        follow(crowd, people, answers, late)
        now = skill_now(crowd, people)
        full = skill_by_others(answers, robust_consensus(answers))
        found.distance.append(np.abs(now.accuracy - full.accuracy))
        found.idle.append(before.accuracy - full.accuracy)
        found.half.append((full.high - full.low) / 2)
    return found


def part(answers: Answers, kept: Bools) -> Answers:
    """Some of the answers."""
    columns = answers.task[kept], answers.worker[kept], answers.label[kept]
    return Answers(*columns, answers.n_tasks, answers.n_workers, answers.n_classes, answers.gold)


def follow(crowd: CrowdSums, people: PeopleSums, answers: Answers, late: Bools) -> None:
    """Take the late answers in, task by task."""
    order = np.argsort(answers.task, kind="stable")
    bounds = np.searchsorted(answers.task[order], np.arange(answers.n_tasks + 1))
    for task in np.unique(answers.task[late]):
        rows = order[bounds[task] : bounds[task + 1]]
        gold = -1 if answers.gold is None else int(answers.gold[task])
        told = [
            TaskVotes(answers.worker[some].tolist(), answers.label[some].tolist(), gold, times)
            for some, times in ((rows[~late[rows]], -1.0), (rows, 1.0))
        ]
        add(crowd, people, told)
