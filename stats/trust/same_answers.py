"""Whether somebody gives the same answer, or the same few in turn, whatever the items are."""

from dataclasses import dataclass

import numpy as np
from scipy.special import betainc, xlogy

from stats.arrays import Codes, Floats
from stats.trust.observed import Observed

LEAN = 0.25
NEARLY = 0.8


@dataclass(frozen=True, eq=False)
class Sameness:
    """Per person (n,): ``p`` that an honest person's answers would be so much alike; ``label`` the class that
    is given too often, or -1 and then ``period`` says after how many answers they repeat themselves.

    ``share`` of the answers are so, ``expected`` would be; ``trials`` how many were looked at. ``entropy`` of
    the answers and ``expected_entropy`` of what the crowd would say of the same items, in bits; NaN without.
    """

    p: Floats
    label: Codes
    period: Codes
    share: Floats
    expected: Floats
    trials: Floats
    entropy: Floats
    expected_entropy: Floats


def same_answers(seen: Observed, *, lean: float = LEAN) -> Sameness:
    """Test everybody for one class all the time, and for a pattern that repeats after two to six answers.

    Expected is what somebody like the crowd would say of the same items, as the others see these; honest
    people lean a little, so that ``lean`` of the way from there to "always" is allowed for. One class: the
    number of answers is Poisson-binomial, whose upper tail lies below the binomial's with the same mean (W.
    Hoeffding, Annals of Mathematical Statistics 27 (1956) 713-721). A pattern: each answer depends on the
    ones before, so Chernoff's bound exp(-n KL(share, expected)) is taken, which holds then too. The least of
    all p, times their number.
    """
    n = seen.given.sum(axis=1)
    single = _single(seen.given, seen.expected + lean * (n[:, None] - seen.expected), n)
    # One class all the time repeats itself too: a pattern is one of two classes or more, from lag 2 on.
    bound = seen.expected_repeats + lean * (seen.trials - seen.expected_repeats)
    repeated = _repeated(seen.repeats, bound, seen.trials)[:, 1:]
    every = np.concatenate([single, repeated], axis=1)
    tests = every.shape[1]
    # The first that says nearly as much as the one that says most: a period, not twice that period.
    least = (every <= every.min(axis=1, keepdims=True) ** NEARLY).argmax(axis=1)
    rows = np.arange(n.size)
    is_single = least < single.shape[1]
    label = np.where(is_single, least, -1).astype(np.int32)
    lag = np.where(is_single, 0, least - single.shape[1] + 1)
    safe = np.maximum(label, 0)
    trials = np.where(is_single, n, seen.trials[rows, lag])
    with np.errstate(invalid="ignore", divide="ignore"):
        share, expected = (
            np.where(is_single, one[rows, safe], two[rows, lag]) / trials
            for one, two in ((seen.given, seen.repeats), (seen.expected, seen.expected_repeats))
        )
    return Sameness(
        p=np.minimum(every[rows, least] * tests, 1.0),
        label=label,
        period=np.where(is_single, 0, lag + 1).astype(np.int32),
        share=share,
        expected=expected,
        trials=trials,
        entropy=_entropy(seen.given),
        expected_entropy=_entropy(seen.expected),
    )


def _single(given: Floats, mean: Floats, n: Floats) -> Floats:
    """P(binomial >= given) at this mean; 1 where no more was given than that (the bound needs one more)."""
    total = np.broadcast_to(n[:, None], given.shape)
    count = np.rint(given)
    applies = (count >= mean + 1) & (count > 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.clip(np.where(total > 0, mean / total, 0.0), 0.0, 1.0)
    tail: Floats = betainc(np.maximum(count, 1.0), np.maximum(total - count + 1, 1e-9), share)
    return np.where(applies, tail, 1.0)


def _repeated(count: Floats, mean: Floats, trials: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        a, q = count / trials, np.clip(mean / trials, 1e-12, 1.0)
        divergence = xlogy(a, a / q) + xlogy(1 - a, (1 - a) / np.maximum(1 - q, 1e-12))
        p: Floats = np.exp(-trials * divergence)
    return np.where((trials > 0) & (count > mean), p, 1.0)


def _entropy(counts: Floats) -> Floats:
    total = counts.sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = counts / total
        bits: Floats = -xlogy(share, share).sum(axis=1) / np.log(2)
    return np.where(total[:, 0] > 0, np.abs(bits), np.nan)
