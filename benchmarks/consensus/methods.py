"""The methods that are compared, each from answers to a posterior."""

import importlib.util
from collections.abc import Callable

import numpy as np

from stats.arrays import Floats
from stats.consensus.answers import Answers
from stats.consensus.dawid_skene import dawid_skene, diagonal_prior
from stats.consensus.glad import glad
from stats.consensus.mace import mace
from stats.consensus.majority import majority_vote
from stats.consensus.one_coin import one_coin
from stats.consensus.robust import robust_consensus
from stats.consensus.variational import variational

Method = Callable[[Answers], Floats]


def methods(*, more: bool = False) -> dict[str, Method]:
    """Name → method; with ``more`` also the others, and crowd-kit's Dawid-Skene where it is installed."""
    found: dict[str, Method] = {
        "majority": lambda answers: majority_vote(answers).share,
        "dawid_skene": lambda answers: dawid_skene(answers).posterior,
        "default": lambda answers: robust_consensus(answers).posterior,
    }
    if more:
        found["map"] = lambda answers: (
            dawid_skene(answers, prior=diagonal_prior(answers.n_classes), class_prior=1.0).posterior
        )
        found["variational"] = lambda answers: variational(answers).posterior
        found["one_coin"] = lambda answers: one_coin(answers).posterior
        found["mace"] = lambda answers: mace(answers).posterior
        found["glad"] = lambda answers: glad(answers).consensus.posterior
        if importlib.util.find_spec("crowdkit") is not None:
            found["crowdkit_dawid_skene"] = _crowdkit
    return found


def _crowdkit(answers: Answers) -> Floats:
    import pandas as pd  # comes with crowd-kit, which is optional
    from crowdkit.aggregation import DawidSkene  # type: ignore[import-not-found]

    table = pd.DataFrame({"task": answers.task, "worker": answers.worker, "label": answers.label})
    found = DawidSkene(n_iter=100).fit_predict_proba(table)
    posterior = np.zeros((answers.n_tasks, answers.n_classes))
    posterior[np.ix_(found.index.to_numpy(), found.columns.to_numpy())] = found.to_numpy()
    return posterior
