"""How many answers an item needs."""

from math import comb, sqrt

from scipy.special import betainc


def majority_accuracy(accuracy: float, people: int) -> float:
    """P(majority of ``people`` is right) for two classes and independent people of one ``accuracy``; fair
    ties.

    Both in range (0 <= accuracy <= 1, people >= 1) or ValueError.
    """
    if not 0 <= accuracy <= 1 or people < 1:
        message = "accuracy must lie in [0, 1] and people be >= 1"
        raise ValueError(message)
    chance = [comb(people, k) * accuracy**k * (1 - accuracy) ** (people - k) for k in range(people + 1)]
    tie = chance[people // 2] / 2 if people % 2 == 0 else 0.0
    return sum(chance[people // 2 + 1 :]) + tie


def label_uncertainty(positive: float, negative: float) -> float:
    """Smaller tail of Beta(positive + 1, negative + 1) at 1/2, in [0, 1/2]: 1/2 = nothing known.

    Counts >= 0 (ValueError). Source: Sheng, Provost, Ipeirotis, KDD 2008.
    """
    if positive < 0 or negative < 0:
        message = "counts must not be negative"
        raise ValueError(message)
    below = float(betainc(positive + 1, negative + 1, 0.5))
    return min(below, 1 - below)


def combined_uncertainty(labels: float, model: float) -> float:
    """Geometric mean of the labels' and a model's uncertainty, both in [0, 1] (Sheng et al. 2008)."""
    if not (0 <= labels <= 1 and 0 <= model <= 1):
        message = "uncertainties must lie in [0, 1]"
        raise ValueError(message)
    return sqrt(labels * model)
