"""An interval for the mean of scores in [0, 1], of which a share of right answers is the extreme case."""

from stats.intervals.interval import Interval, check_proportion
from stats.intervals.wilson import wilson

# So many scores of the largest possible spread are assumed beside those seen: few equal ones prove little.
ASSUMED = 2.0


def mean_interval(total: float, squares: float, count: float, *, confidence: float = 0.95) -> Interval:
    """Interval for the mean of ``count`` scores with this sum and sum of squares; [0, 1] without any.

    Wilson's, with as many trials as give the scores' own variance: scores that lie between 0 and 1 tell more
    than as many coin flips. For scores that are 0 or 1 it is Wilson's interval itself.
    """
    check_proportion(total, count, confidence)
    if not total**2 <= squares * count * (1 + 1e-9) or squares > total * (1 + 1e-9):
        message = "squares must be those of scores in [0, 1]"
        raise ValueError(message)
    if count == 0:
        return wilson(0, 0, confidence=confidence)
    share = total / count
    most = share * (1 - share)
    seen = max(squares / count - share**2, 0.0)
    variance = (seen * count + most * ASSUMED) / (count + ASSUMED)
    trials = count * most / variance if variance > 0 else count
    return wilson(share * trials, trials, confidence=confidence)
