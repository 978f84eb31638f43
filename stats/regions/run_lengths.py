"""Masks as run lengths: COCO's compressed text, and what can be told of masks without unpacking them.

Pixels are counted down the columns from the top left. The text holds the lengths of runs, background first;
from the fourth on as the difference to the run two before. A number is written in groups of five bits, the
lowest first, the highest bit of the last one being its sign: each group is a character from "0" on, 32 higher
where another follows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stats.arrays import Bools, Floats, as_weights

Integers = NDArray[np.int64]

FIRST, LONGEST = 48, 7  # the character of 0, and the most of a number: 35 bits


class RunError(ValueError):
    """A text that is not the run lengths of a mask; says what it does."""


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """A mask by ``edges`` (2k,), ascending: where its runs begin and end, counted down the columns."""

    height: int
    width: int
    edges: Integers

    @property
    def area(self) -> int:
        """Pixels."""
        return int((self.edges[1::2] - self.edges[::2]).sum())

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Left, top, right and bottom: the smallest box around, zeros without pixels."""
        if not self.edges.size:
            return 0, 0, 0, 0
        (left, top), (right, bottom) = (
            np.divmod(each, self.height) for each in (self.edges[::2], self.edges[1::2] - 1)
        )
        high, low = int(top.min()), int(bottom.max())
        if (left != right).any():  # a run goes on in the next column: from the bottom to the top
            high, low = 0, self.height - 1
        return int(left[0]), high, int(right[-1]) + 1, low + 1

    def moved(self, x: int, y: int) -> Runs:
        """By whole pixels; its box must stay inside."""
        return Runs(self.height, self.width, self.edges + (x * self.height + y))

    def dense(self) -> Bools:
        """Pixels (height, width)."""
        marks = np.zeros(self.height * self.width + 1, dtype=np.int8)
        marks[self.edges[::2]], marks[self.edges[1::2]] = 1, -1
        inside: Bools = np.cumsum(marks[:-1], dtype=np.int8).astype(np.bool_)
        return inside.reshape(self.width, self.height).T


def runs_of(mask: Bools) -> Runs:
    """The runs of pixels (height, width)."""
    height, width = mask.shape
    flat = np.concatenate([[False], mask.T.ravel(), [False]])
    return Runs(height, width, np.flatnonzero(flat[1:] != flat[:-1]).astype(np.int64))


def parse_counts(text: str, height: int, width: int) -> Runs:
    """Read COCO's compressed counts; runs of no length go. Raises RunError."""
    runs = _undone(_numbers(text))
    pixels = height * width
    if (runs < 0).any():
        raise RunError("has a run of negative length")
    # One by one first, so that the sum cannot overflow.
    if (runs > pixels).any() or (total := int(runs.sum())) > pixels:
        raise RunError(f"covers more than the {pixels:,} pixels of its size")
    if total < pixels:
        raise RunError(f"covers {total:,} of the {pixels:,} pixels of its size")
    edges, times = np.unique(np.cumsum(runs)[: runs.size // 2 * 2], return_counts=True)
    return Runs(height, width, edges[times % 2 == 1])


def counts_of(runs: Runs) -> str:
    """COCO's compressed counts."""
    edges = np.concatenate([[0], runs.edges, [runs.height * runs.width]])
    lengths = np.diff(edges)
    if lengths.size > 1 and lengths[-1] == 0:
        lengths = lengths[:-1]
    numbers = lengths.copy()
    numbers[3:] -= lengths[1:-2]
    shifts = 5 * np.arange(LONGEST)
    groups = numbers[:, None] >> shifts
    # What is left after a group: nothing but its sign.
    done = (groups >> 4 == 0) | (groups >> 4 == -1)
    last = done.argmax(axis=1)
    place = np.arange(LONGEST)
    characters = (groups & 31) + FIRST + np.where(place < last[:, None], 32, 0)
    return bytes(characters[place <= last[:, None]].astype(np.uint8)).decode("ascii")


def _numbers(text: str) -> Integers:
    codes = np.frombuffer(text.encode("ascii", "ignore"), dtype=np.uint8).astype(np.int64) - FIRST
    if not text.isascii() or (codes < 0).any() or (codes > 63).any():
        raise RunError("has a character that run lengths do not have")
    if not codes.size:
        return codes
    if codes[-1] & 32:
        raise RunError("ends within a number")
    last = np.flatnonzero(codes & 32 == 0)
    first = np.concatenate([[0], last[:-1] + 1])
    size = last - first + 1
    if size.max() > LONGEST:
        raise RunError("has a number that is too long")
    place = np.arange(codes.size) - np.repeat(first, size)
    unsigned = np.add.reduceat((codes & 31) << (5 * place), first)
    signed: Integers = np.where(codes[last] & 16 > 0, unsigned - (1 << (5 * size)), unsigned)
    return signed


def _undone(numbers: Integers) -> Integers:
    """Lengths from differences."""
    lengths = numbers.copy()
    lengths[1::2] = np.cumsum(numbers[1::2])
    lengths[2::2] = np.cumsum(numbers[2::2])
    return lengths


def shared_pixels(a: Runs, b: Runs) -> int:
    """Pixels of two masks of one size that are in both."""
    if a.edges.size > b.edges.size:
        a, b = b, a
    below = np.concatenate([[0], np.cumsum(b.edges[1::2] - b.edges[::2])])

    def before(at: Integers) -> Integers:
        """How many pixels of b come before each place."""
        passed = np.searchsorted(b.edges, at, side="right")
        begun = b.edges[np.maximum(passed - 1, 0)]
        return below[passed // 2] + np.where(passed % 2 == 1, at - begun, 0)

    return int((before(a.edges[1::2]) - before(a.edges[::2])).sum()) if b.edges.size else 0


def run_iou_table(a: Sequence[Runs], b: Sequence[Runs]) -> Floats:
    """IoU of every mask of ``a`` with every one of ``b`` (n, m); of different sizes 0."""
    table = np.zeros((len(a), len(b)))
    if not len(a) or not len(b):
        return table
    boxes = [np.array([each.box for each in side])[:, :, None] for side in (a, b)]
    (left, top, right, bottom), (x1, y1, x2, y2) = boxes[0].swapaxes(0, 1), boxes[1].transpose(1, 2, 0)
    meet = (left < x2) & (x1 < right) & (top < y2) & (y1 < bottom)
    areas = [[each.area for each in side] for side in (a, b)]
    for row, column in np.argwhere(meet).tolist():
        one, other = a[row], b[column]
        if (one.height, one.width) == (other.height, other.width):
            shared = shared_pixels(one, other)
            table[row, column] = shared / (areas[0][row] + areas[1][column] - shared)
    return table


def fuse_runs(masks: Sequence[Runs], weights: ArrayLike | None = None) -> Runs | None:
    """One mask of several of one size: the pixels that more than half of the ``weights`` (n,) has.

    Where no pixel has that: those that the greatest weight has. None without masks, weight or pixels. Time
    and memory go with the runs, not the pixels.
    """
    weight = as_weights(weights, "weights", size=len(masks))
    cuts = np.unique(np.concatenate([np.zeros(0, np.int64), *(each.edges for each in masks)]))
    if not cuts.size or weight.sum() == 0:
        return None
    piece = np.array([np.searchsorted(each.edges, cuts[:-1], side="right") % 2 for each in masks])
    share = (weight @ piece / weight.sum()).round(9)
    inside = (share > 0.5) if share.max() > 0.5 else (share == share.max())
    flags = np.concatenate([[False], inside, [False]])
    return Runs(masks[0].height, masks[0].width, cuts[flags[1:] != flags[:-1]])
