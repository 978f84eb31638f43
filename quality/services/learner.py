"""A quick model, how right it is, and what it would rather have labeled next. No database."""

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


def evaluate(
    features: Features, labels: Codes, is_random: Bools, weights: Floats | None = None
) -> Evaluation:
    """Cross-validated accuracy on the items drawn at random: others are trained on, never counted.

    What the policy chose is hard by design, and would make the model look worse than it is.
    """
    from sklearn.model_selection import KFold  # when used, as above

    right = evaluated = 0
    folds = KFold(n_splits=min(FOLDS, len(labels)), shuffle=True, random_state=0)
    for rest, held in folds.split(np.arange(len(labels))):
        counted = held[is_random[held]]
        if counted.size == 0 or np.unique(labels[rest]).size < 2:
            continue
        model = train(features[rest], labels[rest], weights[rest] if weights is not None else None)
        right += int((model.predict(features[counted]) == labels[counted]).sum())
        evaluated += int(counted.size)
    return Evaluation(right, evaluated)


def choose(probabilities: Floats, features: Features, size: int) -> Codes:
    """Rows to label next, best first: small margins, far apart from one another."""
    return select_batch(margin_score(probabilities), features, size)


def encode(labels: list[str]) -> tuple[list[str], Codes]:
    """Class names in order, and each label as an integer."""
    names, codes = np.unique(np.array(labels, dtype=object).astype(str), return_inverse=True)
    found: NDArray[np.int32] = codes.astype(np.int32)
    return names.tolist(), found
