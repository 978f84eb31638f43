"""Consensus and trust at once, for tasks just answered: under the model that the last full run left."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from django.db import connection, transaction

from labeltypes.base import Posterior
from labeltypes.ontology import Ontology
from projects.models import ConsensusMethod, Project
from quality.services.answers import answers_of
from quality.services.crowds import merged_by_crowds, stored_crowds
from quality.services.fields import Asked, asked_fields, ontology_for
from quality.services.gold_answers import gold_codes
from quality.services.locks import TRUST, lock_key
from quality.services.merging import Answer, TaskResult, merge_task
from quality.services.methods import method_of, quick_shares
from quality.services.quick_trust import follow_trust
from quality.services.trust import CONSENSUS, distrusted, weights_of
from quality.services.writing import write_results
from stats.arrays import Floats
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
MODELS = """
SELECT unit, codes::text, marginals::text, pooled::text, temper, method, difficulty FROM quality_fittedmodel
WHERE project_id = %s AND field = %s
"""
MATRICES = """
SELECT user_id, confusion::text FROM quality_trust
WHERE project_id = %s AND field = %s AND basis = %s AND label = '' AND user_id = ANY(%s)
"""


class Fitted(NamedTuple):
    """``FittedModel`` as it is read here."""

    unit: str
    codes: list[str]
    marginals: Floats
    pooled: Floats
    temper: float
    method: str
    difficulty: float


def update_stale(project_id: int) -> int:
    """Bring tasks whose answers changed up to date under the last full run's model; return how many.

    Each batch is a transaction that also deletes the marks that it read: lost work is done again. One worker
    of a project at a time does this, until no mark is left; another, that comes meanwhile, leaves it to the
    first. A mark that neither saw (set just as the first ended) waits for the sweep.
    """
    project = Project.objects.get(pk=project_id)
    total = 0
    while done := _update_batch(project):
        total += done
    return total


@transaction.atomic
def _update_batch(project: Project) -> int:
    with connection.cursor() as cursor:
        cursor.execute(STALE, [project.pk, *lock_key(TRUST, project.pk), STALE_BATCH])
        marks = cursor.fetchall()
    ontology = ontology_for(project) if marks else None
    if ontology is None:
        return 0
    ids = sorted({task_id for _, task_id in marks})
    update_tasks(project, ontology, ids)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM quality_staletask WHERE id = ANY(%s)", [[pk for pk, _ in marks]])
    return len(ids)


def update_tasks(project: Project, ontology: Ontology, ids: Sequence[int]) -> None:
    """Consensus of these tasks from their answers, the stored matrices and the stored weights; then the trust
    of who gave them.

    The caller holds a transaction, and in it the lock ``trust`` of the project, which a full run takes too,
    since before the answers are read: so nobody writes what came of older ones over what came of newer.
    """
    answers = answers_of(project, ontology, ids)
    models = quick_models(project, answers)
    results = merge_tasks(project, ontology, answers, models)
    write_results(project, results, answers, suspects=distrusted(project, people_of(answers)))
    follow_trust(project, answers, {model.asked.name: model.gold for model in models})


def people_of(answers: Mapping[int, Sequence[Answer]]) -> set[int]:
    """Who gave them."""
    return {answer.user_id for given in answers.values() for answer in given}


def quick_models(project: Project, answers: Mapping[int, Sequence[Answer]]) -> "list[QuickModel]":
    """Of each field that is judged by votes, with what it needs to judge these answers."""
    return [
        QuickModel(project, asked, answers) for asked in asked_fields(project) if asked.is_judged_by_votes
    ]


def merge_tasks(
    project: Project,
    ontology: Ontology,
    answers: Mapping[int, Sequence[Answer]],
    models: "Sequence[QuickModel] | None" = None,
) -> list[TaskResult]:
    """What these answers come to, task by task; nothing is written. ``models``: of ``quick_models``."""
    models = quick_models(project, answers) if models is None else models
    weights = weights_of(project.pk, people_of(answers))
    fields = asked_fields(project)
    known = merged_by_crowds(stored_crowds(project, fields, answers), fields, answers)
    return [
        merge_task(
            task_id,
            given,
            ontology,
            fields,
            {model.asked.name: model.posterior(task_id, given) for model in models},
            weights,
            known,
            method_of(project),
        )
        for task_id, given in answers.items()
    ]


class QuickModel:
    """One field's model of the crowd, as the last full run left it."""

    def __init__(self, project: Project, asked: Asked, answers: Mapping[int, Sequence[Answer]]) -> None:
        self.asked = asked
        self.gold = gold_codes(project, asked, list(answers))
        self._units: dict[str, Fitted] = {}
        self._people: dict[int, dict[str, Any]] = {}
        with connection.cursor() as cursor:
            cursor.execute(MODELS, [project.pk, asked.name])
            for unit, codes, marginals, pooled, *more in cursor.fetchall():
                shares, matrix = np.array(json.loads(marginals)), np.array(json.loads(pooled))
                self._units[unit] = Fitted(unit, json.loads(codes), shares, matrix, *more)
            if self._units:
                cursor.execute(MATRICES, [project.pk, asked.name, CONSENSUS, list(people_of(answers))])
                self._people = {user: json.loads(confusion) for user, confusion in cursor.fetchall()}

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
        model, gold = self._units.get(unit), self.gold.get(unit, {}).get(task_id)
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
