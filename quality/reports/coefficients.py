"""What the coefficients of agreement are called, and how each is computed, in a sentence."""

from quality.models import Agreement
from quality.services.agreement import (
    ALPHA,
    COHEN,
    FLEISS,
    GWET,
    GWET_WEIGHTED,
    ICC,
    KENDALL,
    PERCENT,
    SCOTT,
)

COEFFICIENTS = {
    ALPHA: (
        "Krippendorff's alpha",
        "Agreement beyond chance, for any number of answers per task and any kind of answer: 1 is perfect, 0 "
        "is what chance gives, below 0 people contradict each other. From 0.8 rely on it, from 0.667 with "
        "care.",
    ),
    PERCENT: (
        "Pairs that agree",
        "Of all pairs of answers to the same task the share that agrees; where answers can be near one "
        "another, their mean nearness. Chance is not taken out: with one frequent answer it is high anyway.",
    ),
    GWET: (
        "Gwet's AC1",
        "Agreement beyond chance that stays sensible when one answer is by far the most frequent.",
    ),
    GWET_WEIGHTED: (
        "Gwet's AC2",
        "As AC1, for scales: a near miss counts in part (quadratic weights).",
    ),
    FLEISS: (
        "Fleiss' kappa",
        "Agreement beyond chance of several people, chance from the answers of all. On scales a near miss "
        "counts in part (quadratic weights).",
    ),
    COHEN: (
        "Cohen's kappa",
        "Agreement beyond chance of two people, chance from each one's own habits. On scales a near miss "
        "counts in part (quadratic weights).",
    ),
    SCOTT: (
        "Scott's pi",
        "As Cohen's kappa, chance from both people's answers taken together.",
    ),
    ICC: (
        "Intraclass correlation",
        "ICC(2,1): of the variation of the numbers the share that comes from the tasks and not from the "
        "people, who are taken as drawn from many. On the tasks that all of them answered; interval after "
        "McGraw and Wong.",
    ),
    KENDALL: (
        "Kendall's W",
        "How much the orders of a task go together, on average over tasks: 1 is the same order by everybody. "
        "Chance is not taken out: of orders at random two have 0.5 on average, three 0.33, five 0.2.",
    ),
}
# Krippendorff's own bounds: conclusions can rely on it, or be tentative.
RELIABLE, TENTATIVE = 0.8, 0.667


def reading(row: Agreement) -> tuple[str, str]:
    """Tone and sentence: what alpha with its interval means for whoever uses the labels."""
    if row.value is None:
        return "neutral", f"Nothing can be said yet: {row.undefined}."
    if row.low is None or row.high is None:
        return "neutral", "Too few tasks for an interval: nothing can be relied on yet."
    if row.low >= RELIABLE:
        return "good", f"People agree well: the whole interval is above {RELIABLE}."
    if row.low >= TENTATIVE:
        return "good", f"Good enough for careful conclusions: the whole interval is above {TENTATIVE}."
    if row.high < TENTATIVE:
        return "bad", (
            f"Not reliable: the whole interval is below {TENTATIVE}. Below you see which classes, people or "
            "parts of the data it comes from; often the guideline leaves something open."
        )
    return "warn", (
        f"Not settled: the interval reaches from below {TENTATIVE} to above it. "
        "More tasks that two people answer would tell."
    )
