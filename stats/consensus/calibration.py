"""From what a model of a crowd claims to probabilities that come true."""

import numpy as np

from stats.arrays import Codes, Floats

# Chosen on simulated crowds and three public sets: docs/ml-engineers/quality-mathematics.md.
POWER = 0.7
SHARE = 0.1


def calibrated(posterior: Floats, counts: Codes, *, difficulty: float = 0.0) -> Floats:
    """(n, K) posteriors, flattened (to the power 0.7) and mixed with a tenth of the smoothed vote shares.

    ``counts`` (n, K) are the answers of each class; one answer more is spread over all. Errors of people on
    the same task are more alike than a confusion matrix knows, so a product of likelihoods claims too much;
    and where a model as a whole is wrong, the vote remains. With ``difficulty`` the model knows why they
    are alike, and nothing is flattened. Rows sum to 1.
    """
    flat = np.power(np.maximum(posterior, 1e-12), 1.0 if difficulty else POWER)
    flat /= flat.sum(axis=-1, keepdims=True)
    shares = counts + 1 / counts.shape[-1]
    shares /= shares.sum(axis=-1, keepdims=True)
    mixed: Floats = (1 - SHARE) * flat + SHARE * shares
    return mixed
