"""Consensus and trust at once, for tasks just answered: under the model that the last full run left."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from django.db import connection, transaction

from accounts.statements import Prepared
from labeltypes.base import Posterior
from labeltypes.ontology import Ontology
from projects.models import ConsensusMethod, Project
from projects.queries import project_by_id
from quality.services.answers import answers_of
from quality.services.crowds import merged_by_crowds, stored_crowds
from quality.services.fields import Asked, asked_fields, ontology_for
from quality.services.gold_answers import codes_of
from quality.services.known import Known, read_known
from quality.services.locks import TRUST, lock_key
from quality.services.merging import Answer, TaskResult, merge_task
from quality.services.methods import method_of, quick_shares
from quality.services.quick_trust import follow_trust
from quality.services.writing import write_results
from stats.consensus.posterior import posterior_for_task

STALE_BATCH = 200

# Run for every answer: without the cost of making objects of rows, which is more than that of reading them.
# Nobody waits for the disk: what a crash takes, it takes with the deletion of the mark, and it is done again.
# Who does not get the lock at once sees no marks: somebody is at them, or a full run writes trust.
STALE = """
SET LOCAL synchronous_commit = off;
SELECT id, task_id FROM quality_staletask WHERE project_id = %s
    AND (SELECT pg_try_advisory_xact_lock(hashtext(%s), %s))
ORDER BY id LIMIT %s
"""
# Whether others have come since tells whether to come back; who sets one later sends a message after it.
FORGET = Prepared(
    "forget_marks",
    """
WITH gone AS (DELETE FROM quality_staletask WHERE id = ANY(%(marks)s))
SELECT EXISTS (SELECT FROM quality_staletask WHERE project_id = %(project)s AND id <> ALL(%(marks)s))
""",
    project="bigint",
    marks="bigint[]",
)


def update_stale(project_id: int) -> int:
    """Bring tasks whose answers changed up to date under the last full run's model; return how many.

    Each batch is a transaction that also deletes the marks that it read: lost work is done again. One worker
    of a project at a time does this; another, that comes meanwhile, leaves it to the first. Marks that were
    set meanwhile gather for a second, as always: one by one they would cost many times as much.
    """
    from quality.tasks import poke_stale

    project = project_by_id(project_id)
    total, is_full, is_more = 0, True, True
    while is_full and is_more:
        done, is_full, is_more = _update_batch(project)
        total += done
    if is_more:
        poke_stale(project_id)
    return total


@transaction.atomic
def _update_batch(project: Project) -> tuple[int, bool, bool]:
    """Return of how many tasks, whether it read all marks that it may, and whether there are others."""
    with connection.cursor() as cursor:
        cursor.execute(STALE, [project.pk, *lock_key(TRUST, project.pk), STALE_BATCH])
        marked = cursor.fetchall()
    ontology = ontology_for(project) if marked else None
    if ontology is None:
        return 0, False, False
    ids = sorted({task_id for _, task_id in marked})
    update_tasks(project, ontology, ids)
    ((is_more,),) = FORGET.rows({"project": project.pk, "marks": [pk for pk, _ in marked]})
    return len(ids), len(marked) == STALE_BATCH, is_more


def update_tasks(project: Project, ontology: Ontology, ids: Sequence[int]) -> None:
    """Consensus of these tasks from their answers, the stored matrices and the stored weights; then the trust
    of who gave them.

    The caller holds a transaction, and in it the lock ``trust`` of the project, which a full run takes too,
    since before the answers are read: so nobody writes what came of older ones over what came of newer.
    """
    answers = answers_of(project, ontology, ids)
    known = read_known(project, asked_fields(project), answers)
    results = merge_tasks(project, ontology, answers, known)
    write_results(project, results, answers, suspects=known.people.distrusted(project.review_below_trust))
    follow_trust(project, answers, known)


def merge_tasks(
    project: Project,
    ontology: Ontology,
    answers: Mapping[int, Sequence[Answer]],
    known: Known | None = None,
) -> list[TaskResult]:
    """What these answers come to, task by task; nothing is written. ``known`` is read if not given."""
    fields = asked_fields(project)
    known = read_known(project, fields, answers) if known is None else known
    models = [QuickModel(asked, known) for asked in fields if asked.is_judged_by_votes]
    learned = merged_by_crowds(stored_crowds(project, fields, answers), fields, answers)
    return [
        merge_task(
            task_id,
            given,
            ontology,
            fields,
            {model.asked.name: model.posterior(task_id, given) for model in models},
            known.people.weights,
            learned,
            method_of(project),
        )
        for task_id, given in answers.items()
    ]


class QuickModel:
    """One field's model of the crowd, as the last full run left it."""

    def __init__(self, asked: Asked, known: Known) -> None:
        self.asked = asked
        self._gold = codes_of(asked, known.gold)
        self._units = {model.unit: model for model in known.models.get(asked.name, ())}
        self._people = known.people.matrices(asked.name) if self._units else {}

    def posterior(self, task_id: int, answers: Sequence[Answer]) -> Posterior:
        """Unit → code → probability; empty before the first full run, but gold is known at once."""
        votes: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for answer in answers:
            value = answer.value.get(self.asked.name)
            if value is not None:
                for unit, code in self.asked.votes(value):
                    votes[unit].append((answer.user_id, code))
        found = {unit: self._unit(unit, task_id, given) for unit, given in votes.items()}
        return {unit: shares for unit, shares in found.items() if shares}

    def _unit(self, unit: str, task_id: int, given: Sequence[tuple[int, str]]) -> dict[str, float]:
        model, gold = self._units.get(unit), self._gold.get(unit, {}).get(task_id)
        if gold is not None:
            codes = model.codes if model else [gold]
            return {code: float(code == gold) for code in codes}
        if model is None:
            return {}
        place = {code: index for index, code in enumerate(model.codes)}
        known = [(user, place[code]) for user, code in given if code in place]
        said = np.array([code for _, code in known], dtype=np.int32)
        if (counted := quick_shares(model.method, said, len(model.codes))) is not None:
            return {code: float(share) for code, share in zip(model.codes, counted, strict=True)}
        matrices = [np.array(self._people.get(user, {}).get(unit, model.pooled)) for user, _ in known]
        shares = posterior_for_task(
            np.arange(len(known), dtype=np.int32),
            said,
            confusion=np.stack(matrices) if matrices else np.empty((0, *model.pooled.shape)),
            marginals=model.marginals,
            temper=model.temper if model.method == ConsensusMethod.DEFAULT else None,
            difficulty=model.difficulty,
        )
        return {code: float(share) for code, share in zip(model.codes, shares, strict=True)}
