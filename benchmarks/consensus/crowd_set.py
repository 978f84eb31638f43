"""A folder with labels.csv (task,worker,label) and truth.csv (task,label), as arrays."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from stats.arrays import Codes
from stats.consensus.answers import Answers

LABELS = ("task", "worker", "label")
TRUTH = ("task", "label")


class BadSet(ValueError):
    """What is wrong with a folder, with file and row."""


@dataclass(frozen=True, eq=False)
class CrowdSet:
    """``truth`` (n_tasks,) holds the known class, -1 where unknown; classes are sorted by name."""

    name: str
    answers: Answers
    truth: Codes


def read(folder: Path) -> CrowdSet:
    """Read one set; raises BadSet naming file and row. Truth of tasks that nobody answered is left out.

    A class that only the truth knows is a class too. Names are sorted, so that the order of rows is all the
    same.
    """
    rows = _rows(folder / "labels.csv", LABELS)
    known = _rows(folder / "truth.csv", TRUTH)
    if not rows:
        message = f"{folder / 'labels.csv'}: no answers"
        raise BadSet(message)
    tasks, workers = (sorted({row[place] for row in rows}) for place in (0, 1))
    classes = sorted({row[2] for row in rows} | {row[1] for row in known})
    task_of, worker_of, class_of = (_places(names) for names in (tasks, workers, classes))
    truth = np.full(len(tasks), -1, dtype=np.int32)
    for task, label in known:
        if task in task_of:
            truth[task_of[task]] = class_of[label]
    columns = [
        np.array([place[row[at]] for row in rows], dtype=np.int32)
        for at, place in enumerate((task_of, worker_of, class_of))
    ]
    answers = Answers(*columns, n_tasks=len(tasks), n_workers=len(workers), n_classes=len(classes))
    return CrowdSet(folder.resolve().name, answers, truth)


def _places(names: list[str]) -> dict[str, int]:
    return {name: place for place, name in enumerate(names)}


def _rows(path: Path, columns: tuple[str, ...]) -> list[list[str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in columns if name not in (reader.fieldnames or ())]
            if missing:
                message = f"{path}: no column {missing[0]!r}"
                raise BadSet(message)
            found = []
            for number, row in enumerate(reader, start=2):
                values = [row[name] for name in columns]
                if not all(values):
                    message = f"{path}:{number}: an empty value"
                    raise BadSet(message)
                found.append(values)
            return found
    except OSError as error:
        message = f"{path}: {error.strerror or error}"
        raise BadSet(message) from error
