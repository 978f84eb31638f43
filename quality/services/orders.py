"""People's accuracy over the pairs of a whole order: those of one answer hang together."""

from collections.abc import Sequence

import numpy as np

from quality.services.arrays import Longs
from quality.services.inference import FieldFit, UnitFit
from stats.consensus.answers import Answers
from stats.consensus.robust import robust_consensus
from stats.trust.by_others import Accuracy
from stats.trust.clustered import skill_by_clusters


def hang_together(fit: FieldFit) -> bool:
    """Whether votes of one answer tell of each other: a before b and b before c make a before c."""
    return fit.asked.label_type.in_order and len(fit.units) > 1


def skill_over_orders(units: Sequence[UnitFit]) -> tuple[Longs, Accuracy]:
    """Ids of people, ascending, and their accuracy over all pairs.

    One fit, in which a pair of a task is a task and everybody has one matrix; a person's answer is a cluster.
    """
    users = np.unique(np.concatenate([unit.users for unit in units]))
    items = np.unique(np.concatenate([unit.tasks for unit in units]))
    starts = np.cumsum([0, *(unit.tasks.size for unit in units)])
    pairs = list(zip(units, starts.tolist(), strict=False))
    answers = Answers(
        task=np.concatenate([unit.answers.task + start for unit, start in pairs]).astype(np.int32),
        worker=np.concatenate(
            [np.searchsorted(users, unit.users)[unit.answers.worker] for unit in units]
        ).astype(np.int32),
        label=np.concatenate([unit.answers.label for unit in units]),
        n_tasks=int(starts[-1]),
        n_workers=users.size,
        n_classes=units[0].answers.n_classes,
        gold=np.concatenate([_gold(unit.answers) for unit in units]),
    )
    item = np.concatenate([np.searchsorted(items, unit.tasks) for unit in units]).astype(np.int32)
    return users, skill_by_clusters(answers, robust_consensus(answers), item)


def _gold(answers: Answers) -> Longs:
    return np.full(answers.n_tasks, -1) if answers.gold is None else answers.gold.astype(np.int64)
