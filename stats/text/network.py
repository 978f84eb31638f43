"""Aligning several texts of one recording, word by word, into one table."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from stats.arrays import Codes, Floats
from stats.text.edit_distance import normalized_distance

NOTHING = -1
# What two different words cost at least: below 1, so that "color" goes opposite "color" and not beside it.
LEAST_SUBSTITUTION = 0.6


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """A word transition network: ``slots`` (n_slots, n_texts) holds what each text has in each slot.

    Entries are codes into ``words``, or -1 where the text has nothing there. Reading a column downwards
    gives the text back.
    """

    words: tuple[str, ...]
    slots: Codes


def align_texts(texts: Sequence[Sequence[str]], weights: Floats | None = None) -> Network:
    """Align texts (sequences of words, or of characters) progressively, the one nearest to all first.

    A text is aligned to the table so far by dynamic programming that minimizes its expected edit distance
    to a text drawn from the table by ``weights`` (n_texts,), one each by default. Texts in another order
    give the same table with its columns in that order; equal texts have equal columns. Cost n_texts times
    length times slots, vectorized over the slots. Source: Fiscus, IEEE Workshop on Automatic Speech
    Recognition and Understanding (1997) 347-354; soft costs are ours.
    """
    words = tuple(sorted({word for text in texts for word in text}))
    code = {word: index for index, word in enumerate(words)}
    coded = [np.array([code[word] for word in text], dtype=np.int32) for text in texts]
    weight = np.ones(len(texts)) if weights is None else np.asarray(weights, dtype=np.float64)
    if weight.sum() == 0:
        weight = np.ones(len(texts))
    cost = _costs(words)
    slots = np.zeros((0, len(texts)), dtype=np.int32)
    done: list[int] = []
    seen: dict[bytes, int] = {}
    for index in _nearest_first(texts, weight):
        twin = seen.setdefault(coded[index].tobytes(), index)
        if twin != index:
            slots[:, index] = slots[:, twin]
        else:
            slots = _add(slots, done, weight, coded[index], index, cost)
        done.append(index)
    return Network(words, slots)


def _costs(words: Sequence[str]) -> Floats:
    """(V, V): 0 for the same word, from 0.6 to 1 for others, by the letters and pairs of them they share."""
    parts = [{*word, *map("".join, pairwise(word))} for word in words]
    code = {part: index for index, part in enumerate(sorted(set().union(*parts)))}
    features = np.zeros((len(words), len(code)))
    for row, each in zip(features, parts, strict=True):
        row[[code[part] for part in each]] = 1.0
    size = features.sum(axis=1)
    alike = 2 * (features @ features.T) / (size[:, None] + size)
    table: Floats = 1 - (1 - LEAST_SUBSTITUTION) * alike
    np.fill_diagonal(table, 0.0)
    return table


def _nearest_first(texts: Sequence[Sequence[str]], weight: Floats) -> list[int]:
    """Indices by weighted mean distance to all, equally near ones by their words."""
    distinct = {tuple(text): 0.0 for text in texts}
    for text, each in zip(texts, weight, strict=True):
        distinct[tuple(text)] += float(each)
    total = weight.sum()
    mean = {
        text: sum(each * normalized_distance(text, other) for other, each in distinct.items()) / total
        for text in distinct
    }
    return sorted(range(len(texts)), key=lambda i: (round(mean[tuple(texts[i])], 9), tuple(texts[i])))


def _add(slots: Codes, done: Sequence[int], weight: Floats, text: Codes, column: int, cost: Floats) -> Codes:
    """The table with one more text in it."""
    share, nothing = _shares(slots, done, weight, len(cost))
    change = cost @ share.T + nothing if len(cost) else np.zeros((0, len(slots)))
    path = _path(change[text], 1 - nothing)
    grown = np.full((len(path), slots.shape[1]), NOTHING, dtype=np.int32)
    for row, (slot, word) in enumerate(path):
        if slot is not None:
            grown[row] = slots[slot]
        grown[row, column] = NOTHING if word is None else text[word]
    return grown


def _shares(slots: Codes, done: Sequence[int], weight: Floats, size: int) -> tuple[Floats, Floats]:
    """Share of the weight behind each word (n_slots, V) and behind nothing (n_slots,), of texts done."""
    behind = weight[list(done)]
    behind = behind / behind.sum() if behind.sum() > 0 else np.full(len(done), 1 / max(len(done), 1))
    share = np.zeros((len(slots), size + 1))
    for each, index in zip(behind, done, strict=True):
        np.add.at(share, (np.arange(len(slots)), slots[:, index]), each)
    return share[:, :size], share[:, size]


def _path(change: Floats, skip: Floats) -> list[tuple[int | None, int | None]]:
    """The cheapest way through: pairs (slot, word), None for a new slot or for no word.

    ``change`` (n_words, n_slots) is the cost of putting a word into a slot, ``skip`` (n_slots,) of leaving a
    slot empty; a new slot costs 1.
    """
    rows, columns = change.shape
    across = np.concatenate([[0.0], np.cumsum(skip)])
    best = np.zeros((rows + 1, columns + 1))
    best[0] = across
    for i in range(1, rows + 1):
        step = best[i - 1] + 1.0
        step[1:] = np.minimum(step[1:], best[i - 1, :-1] + change[i - 1])
        best[i] = np.minimum.accumulate(step - across) + across
    path: list[tuple[int | None, int | None]] = []
    i, j = rows, columns
    while i or j:
        here = best[i, j] + 1e-9
        if i and j and best[i - 1, j - 1] + change[i - 1, j - 1] <= here:
            i, j = i - 1, j - 1
            path.append((j, i))
        elif j and best[i, j - 1] + skip[j - 1] <= here:
            j -= 1
            path.append((j, None))
        else:
            i -= 1
            path.append((None, i))
    return path[::-1]
