"""A folder with labels.csv (task,worker,label) and truth.csv (task,label), as arrays."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.consensus.table import BadSet, classes_of, codes_of, rows_of
from stats.arrays import Codes
from stats.consensus.answers import Answers

LABELS = ("task", "worker", "label")
TRUTH = ("task", "label")


@dataclass(frozen=True, eq=False)
class CrowdSet:
    """``truth`` (n_tasks,) holds the known class, -1 where unknown; classes are sorted by name."""

    name: str
    answers: Answers
    truth: Codes
    is_simulated: bool = False


def read(folder: Path) -> CrowdSet:
    """Read one set; raises BadSet naming file and row. Truth of tasks that nobody answered is left out.

    A class that only the truth knows is a class too. Names are sorted, so that the order of rows is all the
    same.
    """
    rows = rows_of(folder / "labels.csv", LABELS)
    known = rows_of(folder / "truth.csv", TRUTH)
    if not rows:
        message = f"{folder / 'labels.csv'}: no answers"
        raise BadSet(message)
    task_of, tasks = codes_of([row[0] for row in rows])
    worker_of, workers = codes_of([row[1] for row in rows])
    classes = classes_of([row[2] for row in rows] + [row[1] for row in known])
    class_of, codes = codes_of(classes)
    truth = np.full(len(task_of), -1, dtype=np.int32)
    for (task, _), code in zip(known, codes[len(rows) :], strict=True):
        if task in task_of:
            truth[task_of[task]] = code
    answers = Answers(
        np.array(tasks, dtype=np.int32),
        np.array(workers, dtype=np.int32),
        np.array(codes[: len(rows)], dtype=np.int32),
        n_tasks=len(task_of),
        n_workers=len(worker_of),
        n_classes=len(class_of),
    )
    return CrowdSet(folder.resolve().name, answers, truth)
