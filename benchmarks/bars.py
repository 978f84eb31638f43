"""Bars, and the comparison with an earlier figure: who decides whether a number is good enough."""

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass

BAR = re.compile(
    r"^(?P<sign><=|≤|<|>=|≥|>|=|)\s*(?P<number>\d[\d,]*(\.\d+)?([eE][-+]?\d+)?)\s*(?P<unit>[^\d\s(][^(]*?)?\s*(\(.*\))?$"
)
SIGNS: dict[str, Callable[[float, float], bool]] = {
    "<=": operator.le,
    "≤": operator.le,
    "<": operator.lt,
    ">=": operator.ge,
    "≥": operator.ge,
    ">": operator.gt,
    "=": operator.eq,
    "": operator.eq,
}
LESS, MORE = "less", "more"
COSTS = {"s", "ms", "µs", "MB", "kB", "GB", "CPU s", "CPU ms"}
RATES = ("per second", "/s", "per minute")
WORSE = 1.3


@dataclass(frozen=True)
class Bar:
    """A sign and a number. An empty sign asks for exactly this."""

    sign: str
    number: float

    @classmethod
    def read(cls, text: str, unit: str) -> "Bar | None":
        """Read `<= 15`, `≥ 200 per second`, `≤ 4.5 s (45 s a million)` or `0`; None for words or nothing.

        Raises ValueError if the bar names another unit than the value has.
        """
        match = BAR.match(text.strip())
        if match is None:
            return None
        named = (match["unit"] or "").strip()
        if named and named != unit:
            raise ValueError(f"The bar {text!r} is about {named!r}, the value about {unit!r}.")
        return cls(match["sign"], float(match["number"].replace(",", "")))

    def is_met(self, value: float) -> bool:
        """Return whether a value keeps it."""
        return SIGNS[self.sign](value, self.number)

    @property
    def better(self) -> str:
        """Whether less or more is better; empty for a bar that asks for one value."""
        if self.sign in {"<=", "≤", "<"}:
            return LESS
        return MORE if self.sign in {">=", "≥", ">"} else ""


def direction(unit: str) -> str:
    """Guess from the unit whether less or more is better; empty if it could be either."""
    if unit in COSTS:
        return LESS
    return MORE if unit.endswith(RATES) else ""


@dataclass(frozen=True)
class Figure:
    """A value with the lowest and the highest of its repeats."""

    value: float
    low: float
    high: float


def is_worse(new: Figure, old: Figure, better: str) -> bool:
    """Return whether a figure is worse than before by more than chance: 1.3 times, and the spreads apart."""
    if better == LESS:
        return new.value > WORSE * old.value and new.low > old.high
    if better == MORE:
        return WORSE * new.value < old.value and new.high < old.low
    return False
