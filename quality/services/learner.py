"""A quick model, how right it is, and what it would rather have labeled next. No database."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from quality.services.features import Features
from stats.arrays import Bools, Codes, Floats
from stats.learning.diversity import select_batch
from stats.learning.uncertainty import margin_score

if TYPE_CHECKING:
    from sklearn.linear_model import LogisticRegression

FOLDS = 5
REGULARIZATION = 10.0


@dataclass(frozen=True)
class Evaluation:
    """Right predictions among ``evaluated`` labeled items that were drawn at random and held out."""

    right: int
    evaluated: int


def train(features: Features, labels: Codes, weights: Floats | None = None) -> "LogisticRegression":
    """Logistic regression on (n, d) with classes (n,); at least two classes must occur."""
    from sklearn.linear_model import LogisticRegression  # when used: seconds that no page must wait

    model = LogisticRegression(C=REGULARIZATION, max_iter=1_000)
    return model.fit(features, labels, sample_weight=weights)


def predict(features: Features, labels: Codes, weights: Floats | None, others: Features) -> Floats:
    """What a model trained on (n, d) with classes (n,) says of (m, d): shares of (m, classes)."""
    model = train(features, labels, weights)
    shares = np.zeros((others.shape[0], int(labels.max()) + 1))
    shares[:, model.classes_] = model.predict_proba(others)
    return shares


def held_out(
    features: Features,
    labels: Codes,
    weights: Floats | None = None,
    *,
    between: Callable[[], object] = lambda: None,
) -> Floats:
    """What models say of items that they were not trained on: shares of (n, classes), by cross-validation.

    Rows are not a number where a fold left one class only to learn from. ``between`` is called after each.
    """
    from sklearn.model_selection import KFold  # when used, as above

    shares = np.full((len(labels), int(labels.max()) + 1), np.nan)
    folds = KFold(n_splits=min(FOLDS, len(labels)), shuffle=True, random_state=0)
    for rest, held in folds.split(np.arange(len(labels))):
        if np.unique(labels[rest]).size > 1:
            weights_there = weights[rest] if weights is not None else None
            shares[held] = predict(features[rest], labels[rest], weights_there, features[held])
        between()
    return shares


def score(shares: Floats, labels: Codes, is_random: Bools) -> Evaluation:
    """Accuracy of held-out predictions on the items drawn at random: others are trained on, never counted.

    What the policy chose is hard by design, and would make the model look worse than it is.
    """
    counted = is_random & ~np.isnan(shares[:, 0])
    right = shares[counted].argmax(axis=1) == labels[counted]
    return Evaluation(int(right.sum()), int(counted.sum()))


def choose(probabilities: Floats, features: Features, size: int) -> Codes:
    """Rows to label next, best first: small margins, far apart from one another."""
    return select_batch(margin_score(probabilities), features, size)


def encode(labels: list[str]) -> tuple[list[str], Codes]:
    """Class names in order, and each label as an integer."""
    names, codes = np.unique(np.array(labels, dtype=object).astype(str), return_inverse=True)
    found: NDArray[np.int32] = codes.astype(np.int32)
    return names.tolist(), found
