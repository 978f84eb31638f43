"""Probabilities by steps of a thousandth: what an index holds of them, so that few changes write one.

A consensus run changes nearly every probability in some late digit; only where the step changes, too, has an
index anything to say that it did not. Filters are exact all the same: at the step where the limit lies the
probability itself is asked.
"""

from math import floor

from django.db.models import F, Q, SmallIntegerField
from django.db.models.functions import Cast, Coalesce, Floor
from django.db.models.lookups import Exact

# The last one holds 1 as well: what is all but certain does not go to and fro between two steps.
STEPS = 1000
# Of the database; ``step_of`` says the same.
STEP = Cast(Floor(F("probability") * float(STEPS)) - Floor(F("probability")), SmallIntegerField())


def step_of(probability: float) -> int:
    """The step of a probability in [0, 1], 0 to 999."""
    return floor(probability * STEPS) - floor(probability)


def shown(step: int) -> str:
    """A probability to two digits, by its step alone: rows sorted by steps are sorted by these."""
    return f"{(step + 5) // 10 / 100:.2f}"


def at_least(limit: float) -> Q:
    """Summaries with this probability or a higher one."""
    return Q(probability_step__gte=step_of(limit)) & (_elsewhere(limit) | Q(probability__gte=limit))


def at_most(limit: float) -> Q:
    """Summaries with this probability or a lower one."""
    return Q(probability_step__lte=step_of(limit)) & (_elsewhere(limit) | Q(probability__lte=limit))


def _elsewhere(limit: float) -> Q:
    """Not in the limit's own step. The planner expects that of nearly every row, so of the whole condition
    what the steps let through; two conditions on all rows it would multiply as if they were independent."""
    return ~Q(Exact(Coalesce("probability_step", -1), step_of(limit)))
