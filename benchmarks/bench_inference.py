"""Truth inference on 1,000,000 simulated answers (LABELS), without a database: five to a task, 2,000 people.

CPU seconds from codes to posteriors, as wall time of one thread says little on a shared machine. Folders of
real answers: `python -m benchmarks.consensus`.
"""

import os
import time
from collections.abc import Callable

import numpy as np

from benchmarks.report import Row
from stats.agreement.counts import item_counts
from stats.agreement.krippendorff import krippendorff_alpha
from stats.arrays import Codes
from stats.consensus.answers import Answers
from stats.consensus.dawid_skene import dawid_skene
from stats.consensus.robust import robust_consensus

LABELS = int(os.environ.get("LABELS", "1000000"))
PER_TASK, PEOPLE = 5, 2000


def run() -> list[Row]:
    """Dawid-Skene and the default, with 2 and with 10 classes, and alpha."""
    rows = []
    for classes, bar in ((2, "<= 0.15"), (10, "<= 0.5")):
        columns = crowd(classes)
        sizes = LABELS // PER_TASK, PEOPLE, classes
        plain = seconds(lambda columns=columns, sizes=sizes: dawid_skene(Answers(*columns, *sizes)))
        rows.append(Row(f"Dawid-Skene, {LABELS:,} answers, {classes} classes", plain, "CPU s", bar))
        default = seconds(lambda columns=columns, sizes=sizes: robust_consensus(Answers(*columns, *sizes)))
        rows.append(Row(f"default, {LABELS:,} answers, {classes} classes", default, "CPU s", "<= 5"))
    task, _, label = crowd(5)
    alpha = seconds(
        lambda: krippendorff_alpha(item_counts(task, label, n_items=LABELS // PER_TASK, n_classes=5))
    )
    return [*rows, Row(f"alpha (nominal), {LABELS:,} answers", alpha, "CPU s", "<= 0.05")]


def crowd(classes: int) -> tuple[Codes, Codes, Codes]:
    """Task, person and answer; people are right with a skill between chance and certainty."""
    dice = np.random.default_rng(classes)
    skill = 1 / classes + (1 - 1 / classes) * dice.beta(4, 2, PEOPLE)
    truth = dice.integers(0, classes, LABELS // PER_TASK)
    task = np.repeat(np.arange(truth.size), PER_TASK)
    worker = dice.integers(0, PEOPLE, task.size)
    wrong = (truth[task] + dice.integers(1, classes, task.size)) % classes
    label = np.where(dice.random(task.size) < skill[worker], truth[task], wrong)
    return task.astype(np.int32), worker.astype(np.int32), label.astype(np.int32)


def seconds(work: Callable[[], object]) -> float:
    """CPU seconds, the least of three."""
    found = []
    for _ in range(3):
        began = time.process_time()
        work()
        found.append(time.process_time() - began)
    return min(found)
