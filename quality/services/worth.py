"""What one more answer to a task is worth, as the last full run knows the average person."""

from collections.abc import Mapping
from functools import cached_property
from math import nan

import numpy as np

from projects.models import Project
from quality.models import FittedModel
from stats.consensus.overlap import StoppingRule
from stats.planning.value import value_of_more


class Worth:
    """For one batch of tasks of a project. Reads nothing unless the rule asks what an answer is worth."""

    def __init__(self, project: Project, rule: StoppingRule) -> None:
        self._project, self._rule = project, rule

    @cached_property
    def _models(self) -> dict[tuple[str, str], FittedModel]:
        return {(row.field, row.unit): row for row in FittedModel.objects.filter(project=self._project)}

    def of(self, field: str, distribution: Mapping[str, Mapping[str, float]], answers: int) -> float:
        """Rise of the probability that the answer is right, by one more after so many, in [0, 1).

        Of several units (options) the one that gains most. NaN where no model knows the field.
        """
        if not self._rule.worth:
            return nan
        left = self._rule.most - answers
        found = [
            _value(model, shares, left)
            for unit, shares in distribution.items()
            if (model := self._models.get((field, unit))) is not None
        ]
        return max(found, default=nan)


def _value(model: FittedModel, shares: Mapping[str, float], left: int) -> float:
    posterior = np.array([[shares.get(code, 0.0) for code in model.codes]])
    posterior /= max(posterior.sum(), np.finfo(float).tiny)
    return float(value_of_more(posterior, np.array(model.pooled), [left], temper=model.temper)[0])
