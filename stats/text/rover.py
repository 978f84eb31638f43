"""ROVER: one transcript from several by a vote on every word."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stats.arrays import as_weights
from stats.text.network import NOTHING, align_texts


@dataclass(frozen=True, slots=True)
class Transcript:
    """The words that won and the share of weight behind each; ``confidence`` is the mean over all slots.

    Slots in which nothing won have a share too, so they count in the confidence. All shares in (0, 1].
    """

    words: tuple[str, ...]
    support: tuple[float, ...]
    confidence: float


def rover(texts: Sequence[Sequence[str]], weights: ArrayLike | None = None) -> Transcript | None:
    """Align the texts and take in every slot what most weight stands behind, a word or nothing.

    ``texts``: words, or characters for languages without spaces; normalize case, punctuation and Unicode
    before where they should not count. ``weights`` (n,), >= 0, one each by default; texts without weight
    have no say. Ties go to the text with most support in all. None when there are no texts or no weight.
    Source: Fiscus (1997), with trust in place of the recognizer's confidence.
    """
    weight = as_weights(weights, "weights", size=len(texts))
    if weight.sum() == 0:
        return None
    used = [index for index in range(len(texts)) if weight[index] > 0]
    share = weight[used] / weight.sum()
    network = align_texts([texts[index] for index in used], share)
    if len(network.slots) == 0:
        return Transcript((), (), 1.0)
    # (n_slots, n_texts): the weight behind what each text has in the slot.
    behind = (network.slots[:, :, None] == network.slots[:, None, :]) @ share
    # Among equals the one whose whole text has most support, then the first by its words: neither rounding
    # nor the order of the texts decides.
    standing = np.round(behind.mean(axis=0), 9)
    ranked = np.array(sorted(range(len(used)), key=lambda k: (-standing[k], tuple(texts[used[k]]))))
    winner = ranked[np.round(behind[:, ranked], 9).argmax(axis=1)]
    rows = np.arange(len(network.slots))
    chosen, support = network.slots[rows, winner], np.minimum(behind[rows, winner], 1.0)
    kept = chosen != NOTHING
    return Transcript(
        tuple(network.words[code] for code in chosen[kept]),
        tuple(support[kept].tolist()),
        float(support.mean()),
    )
