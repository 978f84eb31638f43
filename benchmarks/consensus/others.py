"""Sets of numbers, texts, boxes and spans: how they are laid out, merged and scored.

The columns of labels.csv say what a set holds; truth.csv has the same without `worker`.

- numbers: task,worker,value
- texts:   task,worker,text        (compared in lower case, Unicode NFKC, words between blanks)
- boxes:   task,worker,x1,y1,x2,y2 (a row without coordinates: looked, and drew nothing)
- spans:   task,worker,start,end,label  (half-open, in tokens; a row without start: marked nothing)
"""

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.consensus.table import codes_of, number_of, rows_of
from stats.arrays import Floats
from stats.numbers.consensus import number_consensus
from stats.regions.detection import region_consensus
from stats.regions.iou import box_iou
from stats.regions.matching import match
from stats.spans.consensus import span_consensus
from stats.text.edit_distance import edit_distance
from stats.text.medoid import medoid
from stats.text.rover import rover
from stats.text.transcripts import transcript_consensus

SIDES = ("x1", "y1", "x2", "y2")
SAME_BOX = 0.5
Figures = dict[str, float | None]


@dataclass(frozen=True, eq=False)
class OtherSet:
    """Answers, and per method what scores it against the truth."""

    name: str
    items: int
    labels: int
    methods: dict[str, Callable[[], Figures]]


def read_numbers(folder: Path) -> OtherSet:
    """Mean, median and the default, by mean absolute and root mean squared error."""
    path = folder / "labels.csv"
    rows = rows_of(path, ("task", "worker", "value"))
    values = np.array([number_of(row[2], path, place) for place, row in enumerate(rows)])
    task_of, task = codes_of([row[0] for row in rows])
    worker_of, worker = codes_of([row[1] for row in rows])
    known = rows_of(folder / "truth.csv", ("task", "value"))
    truth = {
        task_of[name]: number_of(text, folder / "truth.csv", place)
        for place, (name, text) in enumerate(known)
        if name in task_of
    }
    groups = [values[np.array(task) == place] for place in range(len(task_of))]

    def scored(estimate: Floats) -> Figures:
        off = np.array([estimate[place] - value for place, value in truth.items()])
        if not off.size:
            return {"mae": None, "rmse": None}
        return {"mae": float(np.abs(off).mean()), "rmse": float(np.sqrt((off**2).mean()))}

    def inferred() -> Floats:
        return number_consensus(task, worker, values, n_tasks=len(task_of), n_workers=len(worker_of)).estimate

    methods = {
        "mean": lambda: scored(np.array([group.mean() for group in groups])),
        "median": lambda: scored(np.array([np.median(group) for group in groups])),
        "default": lambda: scored(inferred()),
    }
    return OtherSet(folder.resolve().name, len(truth), len(rows), methods)


def read_texts(folder: Path) -> OtherSet:
    """Medoid, ROVER and the default, by word error rate over the whole set."""
    rows = rows_of(folder / "labels.csv", ("task", "worker"), optional=("text",))
    task_of, task = codes_of([row[0] for row in rows])
    worker_of, worker = codes_of([row[1] for row in rows])
    texts = [_words(row[2]) for row in rows]
    known = rows_of(folder / "truth.csv", ("task",), optional=("text",))
    truth = {task_of[name]: _words(text) for name, text in known if name in task_of}
    of_task: dict[int, list[tuple[str, ...]]] = defaultdict(list)
    for place, words in zip(task, texts, strict=True):
        of_task[place].append(words)

    def scored(merge: Callable[[int], Sequence[str]]) -> Figures:
        wrong = sum(edit_distance(words, merge(place)) for place, words in truth.items())
        total = sum(len(words) for words in truth.values())
        return {"wer": wrong / total if total else None}

    def by_medoid(place: int) -> Sequence[str]:
        best = medoid(of_task[place], distance=_share_of_edits)
        return of_task[place][best.index] if best else ()

    def by_rover(place: int) -> Sequence[str]:
        merged = rover(of_task[place])
        return merged.words if merged else ()

    def by_default() -> Figures:
        found = transcript_consensus(task, worker, texts, n_tasks=len(task_of), n_workers=len(worker_of))
        return scored(lambda place: found.texts[place] or ())

    methods = {
        "medoid": lambda: scored(by_medoid),
        "rover": lambda: scored(by_rover),
        "default": by_default,
    }
    return OtherSet(folder.resolve().name, len(truth), len(rows), methods)


def read_boxes(folder: Path) -> OtherSet:
    """Everything that anybody drew, what half drew, and the default, at an IoU of 0.5."""
    path = folder / "labels.csv"
    rows = rows_of(path, ("task", "worker"), optional=SIDES)
    task_of, task = codes_of([row[0] for row in rows])
    worker_of, worker = codes_of([row[1] for row in rows])
    drawn = [place for place, row in enumerate(rows) if any(row[2:])]
    boxes = np.array([[number_of(text, path, place) for text in rows[place][2:]] for place in drawn])
    known = rows_of(folder / "truth.csv", ("task",), optional=SIDES)
    truth: dict[int, list[list[float]]] = {task_of[row[0]]: [] for row in known if row[0] in task_of}
    for place, row in enumerate(known):
        if row[0] in task_of and any(row[1:]):
            sides = [number_of(text, folder / "truth.csv", place) for text in row[1:]]
            truth[task_of[row[0]]].append(sides)
    found = region_consensus(
        [task[place] for place in drawn], [worker[place] for place in drawn], boxes,
        n_tasks=len(task_of), n_workers=len(worker_of), views=(task, worker),
    )  # fmt: skip
    pairs = {(found.cluster[at], worker[place]) for at, place in enumerate(drawn)}
    votes = np.bincount([cluster for cluster, _ in pairs], minlength=len(found.task))
    lookers = np.bincount([place for place, _ in set(zip(task, worker, strict=True))], minlength=len(task_of))

    def scored(kept: Any) -> Figures:
        hits = claimed = real = 0
        for place, sides in truth.items():
            mine = found.coordinates[(found.task == place) & kept]
            claimed, real = claimed + len(mine), real + len(sides)
            if len(mine) and sides:
                far = 1 - box_iou(mine, np.array(sides))
                hits += len(match(far, limit=1 - SAME_BOX + 1e-9).pairs)
        return _shares(hits, claimed, real)

    methods = {
        "any": lambda: scored(np.ones(len(found.task), dtype=np.bool_)),
        "half": lambda: scored(votes * 2 >= lookers[found.task]),
        "default": lambda: scored(found.kept),
    }
    return OtherSet(folder.resolve().name, len(truth), len(rows), methods)


def read_spans(folder: Path) -> OtherSet:
    """What half of the people marked, what two marked, and the default; exact place and class."""
    path = folder / "labels.csv"
    rows = rows_of(path, ("task", "worker"), optional=("start", "end", "label"))
    task_of, task = codes_of([row[0] for row in rows])
    worker_of, worker = codes_of([row[1] for row in rows])
    made = [place for place, row in enumerate(rows) if row[2]]
    ends = {place: _ends(rows[place][2:4], path, place) for place in made}
    class_of, label = codes_of([rows[place][4] for place in made])
    known = rows_of(folder / "truth.csv", ("task",), optional=("start", "end", "label"))
    judged = {task_of[row[0]] for row in known if row[0] in task_of}
    truth = {
        (task_of[row[0]], *_ends(row[1:3], folder / "truth.csv", at), row[3])
        for at, row in enumerate(known)
        if row[0] in task_of and row[1]
    }
    length = np.ones(len(task_of), dtype=np.int32)
    for place in made:
        length[task[place]] = max(length[task[place]], ends[place][1])
    names = {code: name for name, code in class_of.items()}
    voters: dict[tuple[int, int, int, str], set[int]] = defaultdict(set)
    for place, code in zip(made, label, strict=True):
        voters[task[place], *ends[place], names[code]].add(worker[place])
    lookers: dict[int, set[int]] = defaultdict(set)
    for place, person in zip(task, worker, strict=True):
        lookers[place].add(person)

    def scored(spans: Iterable[Hashable]) -> Figures:
        mine = {span for span in spans if isinstance(span, tuple) and span[0] in judged}
        return _shares(len(mine & truth), len(mine), len(truth))

    def by_default() -> Figures:
        found = span_consensus(
            [task[place] for place in made], [worker[place] for place in made],
            [ends[place][0] for place in made], [ends[place][1] for place in made], label,
            length=length, n_workers=len(worker_of), n_classes=max(len(class_of), 1), views=(task, worker),
        )  # fmt: skip
        kept = np.flatnonzero(found.kept)
        return scored(
            (int(found.task[at]), int(found.start[at]), int(found.end[at]), names[int(found.label[at])])
            for at in kept
        )

    methods = {
        "half": lambda: scored(span for span, who in voters.items() if 2 * len(who) >= len(lookers[span[0]])),
        "two": lambda: scored(span for span, who in voters.items() if len(who) >= 2),
        "default": by_default,
    }
    return OtherSet(folder.resolve().name, len(judged), len(rows), methods)


READERS = {"value": read_numbers, "text": read_texts, "x1": read_boxes, "start": read_spans}


def _words(text: str) -> tuple[str, ...]:
    return tuple(unicodedata.normalize("NFKC", text).casefold().split())


def _share_of_edits(a: Sequence[str], b: Sequence[str]) -> float:
    return edit_distance(a, b) / max(len(a), len(b), 1)


def _ends(texts: Sequence[str], path: Path, place: int) -> tuple[int, int]:
    first, last = (int(number_of(text, path, place)) for text in texts)
    return first, last


def _shares(hits: int, claimed: int, real: int) -> Figures:
    return {
        "precision": hits / claimed if claimed else None,
        "recall": hits / real if real else None,
        "f1": 2 * hits / (claimed + real) if claimed + real else None,
    }
