"""How answers become one answer: the methods a project may choose from.

Trust always stands on the default, whatever is chosen: what people are worth does not depend on how their
answers are combined. docs/adr/0023-methods.md.
"""

from collections.abc import Callable
from dataclasses import replace
from math import nan

import numpy as np

from projects.models import ConsensusMethod, Project
from stats.arrays import Codes, Floats
from stats.consensus.answers import Answers
from stats.consensus.dawid_skene import dawid_skene
from stats.consensus.majority import vote_shares
from stats.consensus.one_coin import one_coin
from stats.consensus.result import Consensus, most_probable

# What stands at a consensus and in exports. Majority is no model: its shares are no probabilities.
NAMES = {
    ConsensusMethod.DEFAULT: "shrunken-dawid-skene",
    ConsensusMethod.DAWID_SKENE: "dawid-skene",
    ConsensusMethod.WEIGHTED: "one-coin",
    ConsensusMethod.MAJORITY: "majority",
}
METHOD, METHOD_PLAIN = NAMES[ConsensusMethod.DEFAULT], NAMES[ConsensusMethod.MAJORITY]
MODELS: dict[str, Callable[[Answers], Consensus]] = {
    ConsensusMethod.DAWID_SKENE: dawid_skene,
    ConsensusMethod.WEIGHTED: one_coin,
}
MODELED = tuple(name for method, name in NAMES.items() if method != ConsensusMethod.MAJORITY)


def method_of(project: Project) -> str:
    """The name of the project's method, as it stands at a consensus."""
    return NAMES[ConsensusMethod(project.consensus_method)]


def infer(method: str, answers: Answers, default: Consensus) -> Consensus:
    """The posterior of the chosen method; the default's is given. Same answers, same bits."""
    if method in MODELS:
        return MODELS[method](answers)
    return _majority(answers, default) if method == ConsensusMethod.MAJORITY else default


def labels_by(method: str, answers: Answers, *, default: Codes, marginals: Floats) -> Codes:
    """(n_tasks,) what it says; ``default`` and ``marginals``: the labels and class shares of the default."""
    if method in MODELS:
        return MODELS[method](answers).label
    if method == ConsensusMethod.MAJORITY:
        return most_probable(answers, _shares(answers, marginals))
    return default


def _majority(answers: Answers, default: Consensus) -> Consensus:
    """Everybody counts the same; who ties is decided by the ontology's order. Matrices are the default's."""
    shares = _shares(answers, default.marginals)
    return replace(
        default,
        posterior=shares,
        label=most_probable(answers, shares),
        log_likelihood=nan,
        iterations=0,
        converged=True,
        temper=1.0,
        difficulty=0.0,
    )


def _shares(answers: Answers, marginals: Floats) -> Floats:
    """(n_tasks, n_classes) shares of the vote; the classes' where nobody answered."""
    shares = vote_shares(answers)
    filled: Floats = np.where(shares.sum(axis=1, keepdims=True) > 0, shares, marginals)
    return filled


def quick_shares(method: str, said: Codes, size: int) -> Floats | None:
    """(size,) the majority's shares of one task's answers; None where a model decides, or nobody answered."""
    if method != ConsensusMethod.MAJORITY or not said.size:
        return None
    shares: Floats = np.bincount(said, minlength=size) / said.size
    return shares
