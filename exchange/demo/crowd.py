"""Simulated annotators of stated skill. Their answers go through the same services as everybody's."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Truth = Any
Answer = Callable[[Truth, random.Random], dict[str, Any]]


@dataclass(frozen=True)
class Simulated:
    """``skill`` is what we made them to be, for people to compare with what Touchstone finds."""

    name: str
    skill: str
    answer: Answer
    seconds: float


def two_class(rates: Mapping[str, float], *, other: Mapping[str, str]) -> Answer:
    """Answers correctly with the probability given for the true class, else with the other class."""

    def answer(truth: str, rng: random.Random) -> dict[str, Any]:
        return {"kind": truth if rng.random() < rates[truth] else other[truth]}

    return answer


def always(option: str) -> Answer:
    """Presses the same key whatever is shown."""

    def answer(truth: str, rng: random.Random) -> dict[str, Any]:
        del truth, rng
        return {"kind": option}

    return answer


OTHER = {"ham": "spam", "spam": "ham"}


def _people(skill: str, count: int, rates: Mapping[str, float], seconds: float) -> list[Simulated]:
    answer = two_class(rates, other=OTHER)
    return [Simulated(f"Simulated {skill} {index}", skill, answer, seconds) for index in range(1, count + 1)]


SMS_CROWD: tuple[Simulated, ...] = (
    *_people("good", 4, {"ham": 0.97, "spam": 0.95}, 5.0),
    *_people("average", 5, {"ham": 0.88, "spam": 0.84}, 4.0),
    *_people("biased", 3, {"ham": 0.62, "spam": 0.97}, 4.0),
    *_people("careless", 2, {"ham": 0.60, "spam": 0.58}, 2.0),
    Simulated("Simulated spammer", "spammer", always("ham"), 0.8),
)


def entity_reader(*, miss: float, shift: float, confuse: float) -> Answer:
    """Finds entities, but misses some, takes one character less of some, and mixes up classes."""
    classes = ("person", "location", "group", "corporation", "product", "creative-work")

    def answer(truth: list[dict[str, Any]], rng: random.Random) -> dict[str, Any]:
        found = []
        for index, span in enumerate(truth):
            if rng.random() < miss:
                continue
            name = rng.choice(classes) if rng.random() < confuse else span["class"]
            start = span["start"]
            end = span["end"] - (1 if rng.random() < shift and span["end"] - start > 2 else 0)
            found.append({"id": f"s{index}", "class": name, "start": start, "end": end})
        return {"entities": found}

    return answer


ENTITY_CROWD: tuple[Simulated, ...] = (
    Simulated("Simulated reader 1", "good", entity_reader(miss=0.05, shift=0.03, confuse=0.05), 21.0),
    Simulated("Simulated reader 2", "average", entity_reader(miss=0.15, shift=0.1, confuse=0.1), 17.0),
)
