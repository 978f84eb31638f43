"""Every two answers to one item side by side: what agreement between people is counted from."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stats.arrays import Bools, Codes, Floats, as_codes


@dataclass(frozen=True, eq=False)
class Comparisons:
    """Pairs of answers (p,): rows ``first`` < ``second`` of the answers, and how near they are, in [0, 1].

    ``item`` and ``rater`` (n,) are those of the answers; ``label`` their classes, where there are any.
    """

    item: Codes
    rater: Codes
    label: Codes | None
    first: Codes
    second: Codes
    nearness: Floats

    def __post_init__(self) -> None:
        if not self.first.size == self.second.size == self.nearness.size:
            message = "first, second and nearness must have the same length"
            raise ValueError(message)

    def where(self, keep: Bools) -> "Comparisons":
        """Only these pairs of the same answers."""
        return Comparisons(
            self.item, self.rater, self.label, self.first[keep], self.second[keep], self.nearness[keep]
        )


def pairs_within(item: Codes, *, most: int) -> tuple[Codes, Codes]:
    """Rows (first, second) of all pairs of answers to one item; ``item`` ascends.

    Of an item with more than ``most`` answers the first so many are compared.
    """
    starts = np.flatnonzero(np.diff(item, prepend=-1))
    place = np.arange(item.size) - np.repeat(starts, np.diff(starts, append=item.size))
    firsts, seconds = [np.zeros(0, dtype=np.int32)], [np.zeros(0, dtype=np.int32)]
    for step in range(1, min(most, item.size)):
        at = np.flatnonzero((item[step:] == item[:-step]) & (place[step:] < most)).astype(np.int32)
        if at.size == 0:
            break
        firsts.append(at)
        seconds.append(at + np.int32(step))
    return np.concatenate(firsts), np.concatenate(seconds)


def compare_classes(
    item: ArrayLike, rater: ArrayLike, label: ArrayLike, weights: Floats, *, most: int = 20
) -> Comparisons:
    """Compare answers that are classes: ``weights`` (K, K) says how near two classes are, as in the kappas.

    Parallel columns of codes in the order of items. Raises ValueError where they are not.
    """
    items = as_codes(item, "item", limit=2**31 - 1)
    raters = as_codes(rater, "rater", limit=2**31 - 1)
    labels = as_codes(label, "label", limit=len(weights))
    if not items.size == raters.size == labels.size:
        message = "item, rater and label must have the same length"
        raise ValueError(message)
    if items.size and (np.diff(items) < 0).any():
        message = "item must ascend"
        raise ValueError(message)
    first, second = pairs_within(items, most=most)
    return Comparisons(items, raters, labels, first, second, weights[labels[first], labels[second]])


def compare_values(
    item: Codes, rater: Codes, nearness: Callable[[int, int], float], *, most: int = 20
) -> Comparisons:
    """Compare answers of any kind: ``nearness`` takes two rows and gives a number in [0, 1]."""
    first, second = pairs_within(item, most=most)
    near = np.array([nearness(int(i), int(j)) for i, j in zip(first, second, strict=True)], dtype=np.float64)
    return Comparisons(item, rater, None, first, second, near)
