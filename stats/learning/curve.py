"""A learning curve with intervals, and what the next labels are likely to bring."""

from collections.abc import Sequence
from dataclasses import dataclass

from stats.intervals.interval import Interval
from stats.intervals.wilson import wilson


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """Accuracy on an evaluation set after training on ``labels`` labels; None when nothing was evaluated."""

    labels: int
    accuracy: float | None
    interval: Interval


def learning_curve(
    rounds: Sequence[tuple[int, float, float]], *, confidence: float = 0.95
) -> tuple[CurvePoint, ...]:
    """Points of (labels used, right, evaluated) in order of labels, each with its Wilson interval.

    The interval speaks of the evaluation sample only (not of chance in training) and holds when that sample
    was drawn at random.
    """
    return tuple(
        CurvePoint(labels, right / total if total else None, wilson(right, total, confidence=confidence))
        for labels, right, total in sorted(rounds)
    )


def has_plateaued(points: Sequence[CurvePoint], *, rounds: int = 3) -> bool:
    """Whether the last ``rounds`` rounds brought no accuracy beyond the interval of the point before them.

    False with fewer than ``rounds + 1`` points or an unevaluated one among those needed.
    """
    recent = points[-rounds - 1 :]
    if len(recent) < rounds + 1:
        return False
    base, *later = recent
    values = [point.accuracy for point in later]
    if base.accuracy is None or any(value is None for value in values):
        return False
    return max(value for value in values if value is not None) <= base.interval.high
