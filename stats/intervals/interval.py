"""An interval, and the checks that all proportion intervals share."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Interval:
    """A closed interval ``[low, high]`` at the stated confidence (0.95 = 95 %)."""

    low: float
    high: float
    confidence: float

    @property
    def width(self) -> float:
        return self.high - self.low

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high


def check_proportion(successes: float, trials: float, confidence: float) -> None:
    """Refuse counts or a confidence that no interval is defined for (ValueError)."""
    if not 0 <= successes <= trials:
        message = "successes must lie in [0, trials]"
        raise ValueError(message)
    check_confidence(confidence)


def check_confidence(confidence: float) -> None:
    """Refuse a confidence outside (0, 1) (ValueError)."""
    if not 0 < confidence < 1:
        message = "confidence must lie in (0, 1)"
        raise ValueError(message)
