"""Which items a quiz asks: random, new to the person as far as the pool lasts, each marked class in it."""

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from quality.services.qualification.marks import ClassMarks

dice = random.SystemRandom()


@dataclass(frozen=True)
class PoolItem:
    """A gold item of the quiz, and (field, class) of everything in its answer."""

    gold: int
    classes: frozenset[tuple[str, str]]


def draw_quiz(
    pool: Collection[PoolItem],
    length: int,
    *,
    class_marks: ClassMarks,
    seen: Mapping[int, datetime],
) -> list[int]:
    """Gold items in a random order. ``seen``: when this person last had an item; these come last, oldest
    first.

    For each class with a pass mark of its own one item comes first that has it, if the pool does.
    """
    order = sorted(pool, key=lambda item: dice.random())
    order.sort(key=lambda item: seen[item.gold].timestamp() if item.gold in seen else 0.0)
    chosen = _with_each_class(order, length, class_marks)
    chosen += [item for item in order if item not in chosen][: length - len(chosen)]
    dice.shuffle(chosen)
    return [item.gold for item in chosen]


def _with_each_class(order: Sequence[PoolItem], length: int, class_marks: ClassMarks) -> list[PoolItem]:
    chosen: list[PoolItem] = []
    wanted = [(field, name) for field, names in class_marks.items() for name in names]
    for each in wanted:
        if len(chosen) < length and not any(each in item.classes for item in chosen):
            chosen += [item for item in order if each in item.classes][:1]
    return chosen
