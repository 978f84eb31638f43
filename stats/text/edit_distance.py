"""Levenshtein distance on code points or words."""

from collections.abc import Hashable, Sequence


def edit_distance(a: Sequence[Hashable], b: Sequence[Hashable]) -> int:
    """Least number of insertions, deletions and substitutions that turn ``a`` into ``b``.

    Works on strings (code points) and on lists of words; in [0, max(len)]. Bit-parallel on Python's integers:
    one pass over the longer sequence with a word as long as the shorter one, so 1,000 against 1,000 code
    points take about a millisecond. Source: Myers, J. ACM 46 (1999) 395-415, in the form of Hyyrö (2003).
    """
    a, b = _without_common_ends(a, b)
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    if not short:
        return len(long)
    places: dict[Hashable, int] = {}
    for index, symbol in enumerate(short):
        places[symbol] = places.get(symbol, 0) | 1 << index
    return _scan(places, len(short), long)


def _without_common_ends(
    a: Sequence[Hashable], b: Sequence[Hashable]
) -> tuple[Sequence[Hashable], Sequence[Hashable]]:
    limit = min(len(a), len(b))
    start = 0
    while start < limit and a[start] == b[start]:
        start += 1
    end = 0
    while end < limit - start and a[-1 - end] == b[-1 - end]:
        end += 1
    return a[start : len(a) - end], b[start : len(b) - end]


def _scan(places: dict[Hashable, int], size: int, long: Sequence[Hashable]) -> int:
    mask, top = (1 << size) - 1, 1 << (size - 1)
    # Bit i of rises / falls: the distance grows / shrinks by one between rows i and i + 1 of this column.
    rises, falls, distance = mask, 0, size
    for symbol in long:
        equal = places.get(symbol, 0)
        diagonal = equal | falls
        across = (((equal & rises) + rises) ^ rises) | equal
        right_up = falls | ~(across | rises) & mask
        right_down = rises & across
        if right_up & top:
            distance += 1
        elif right_down & top:
            distance -= 1
        right_up = (right_up << 1 | 1) & mask
        right_down = right_down << 1 & mask
        rises = right_down | ~(diagonal | right_up) & mask
        falls = right_up & diagonal
    return distance


def normalized_distance(a: Sequence[Hashable], b: Sequence[Hashable]) -> float:
    """Edit distance over the length of the longer sequence: 0 same, 1 nothing in common; two empty ones:
    0."""
    longer = max(len(a), len(b))
    return edit_distance(a, b) / longer if longer else 0.0


def error_rate(reference: Sequence[Hashable], hypothesis: Sequence[Hashable]) -> float | None:
    """Word error rate of lists of words, character error rate of strings: distance over reference length.

    0 = same; may exceed 1 when the hypothesis is longer. None when the reference is empty. Normalize case,
    punctuation, whitespace and Unicode form before, and say so where the number is shown.
    """
    return edit_distance(reference, hypothesis) / len(reference) if len(reference) else None
