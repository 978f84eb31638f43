"""What every inference over categorical answers returns."""

from dataclasses import dataclass

import numpy as np

from stats.arrays import Codes, Floats
from stats.consensus.answers import Answers


@dataclass(frozen=True, eq=False)
class Consensus:
    """Posteriors, the model behind them, and how the fit ended.

    posterior      (n_tasks, n_classes), rows sum to 1; a task without answer and gold holds the marginals
    label          (n_tasks,) most probable class, the lowest code on exact ties; -1 without answer and gold
    marginals      (n_classes,) share of each class; uniform when there are no answers
    confusion      (n_workers, n_classes, n_classes): [w, j, l] = P(w answers l | truth j); a worker without
                   answers has the pooled matrix
    pooled         (n_classes, n_classes) the same for all workers together: the guess for a newcomer
    log_likelihood of the answers (and gold classes) under the model; NaN where the method has no likelihood
    iterations, converged: whether the change fell below the tolerance before the limit of iterations
    temper         what an answer counts beside one of independent answers, in (0, 1]
    difficulty     how far items differ in difficulty: a standard deviation, on the log-odds of a right answer
    """

    posterior: Floats
    label: Codes
    marginals: Floats
    confusion: Floats
    pooled: Floats
    log_likelihood: float
    iterations: int
    converged: bool
    temper: float = 1.0
    difficulty: float = 0.0

    @property
    def confidence(self) -> Floats:
        """(n_tasks,) probability of the most probable class, in [1/K, 1]."""
        best: Floats = self.posterior.max(axis=1)
        return best


def most_probable(answers: Answers, posterior: Floats) -> Codes:
    """Argmax per task, -1 for tasks without answer and gold."""
    label = np.full(answers.n_tasks, -1, dtype=np.int32)
    label[answers.active] = posterior[answers.active].argmax(axis=1)
    return label
