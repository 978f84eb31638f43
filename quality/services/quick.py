"""Consensus and trust at once, for tasks just answered: under the model that the last full run left."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from django.db import DataError

from accounts.statements import Prepared, Sent
from accounts.transactions import atomic_in_messages
from labeltypes.base import Posterior
from labeltypes.ontology import Ontology
from projects.models import ConsensusMethod, Project
from projects.queries import PROJECT, VERSION
from quality.services.at_once import Seen, read_at_once, read_marked, seen_in
from quality.services.crowds import merged_by_crowds, stored_crowds
from quality.services.fields import Asked, asked_fields, ontology_for
from quality.services.gold_answers import codes_of
from quality.services.known import Known, StoredModel
from quality.services.merging import Answer, Composer, TaskResult, merge_task
from quality.services.methods import method_of, quick_shares
from quality.services.quick_trust import trust_of
from quality.services.sums_writing import write_changes
from quality.services.writing import to_write, to_write_plainly
from stats.arrays import Codes, Floats
from stats.consensus.posterior import posterior_of_answers

STALE_BATCH = 200
# Up to so many tasks are written as they were read, and all again if an answer to one came meanwhile. Of many
# tasks that would happen often.
FEW = 8
# Of so many ontologies a process keeps what answers came to: the same come again and again.
MOST_ONTOLOGIES = 32
NONE: dict[str, Any] = {}
_composers: dict[int | None, Composer] = {}

CURRENT = Prepared(
    "current_project",
    f"SELECT {VERSION}, {PROJECT.sql} FROM projects_project AS p WHERE p.id = %(project)s",  # noqa: S608  # names of columns
    project="bigint",
)
# Of so many projects a process keeps the row, and which it is; who changes one does not use this one.
MOST_PROJECTS = 32
_projects: dict[int, tuple[str, Project]] = {}


class ChangedMeanwhile(Exception):
    """A task is not as it was read; nothing was written. ``last``: of the marks that were read."""

    def __init__(self, last: int) -> None:
        super().__init__(last)
        self.last = last


def update_stale(project_id: int) -> int:
    """Bring tasks whose answers changed up to date under the last full run's model; return how many.

    Each batch is a transaction that also deletes the marks that it read: lost work is done again. One worker
    of a project at a time does this; another, that comes meanwhile, leaves it to the first. Marks that were
    set meanwhile gather for a second, as always: one by one they would cost many times as much.
    """
    from quality.tasks import poke_stale

    total, is_full, is_more = 0, True, True
    while is_full and is_more:
        done, is_full, is_more = _update_batch(project_id)
        total += done
    if is_more:
        poke_stale(project_id)
    return total


def _update_batch(project_id: int) -> tuple[int, bool, bool]:
    """Return of how many tasks, whether it read all marks that it may, and whether there are others."""
    try:
        return _try_batch(project_id)
    except ChangedMeanwhile as error:
        return _try_batch(project_id, last=error.last)


def _try_batch(project_id: int, *, last: int | None = None) -> tuple[int, bool, bool]:
    """In two messages if there is nothing to look at in between, else, or of no mark after the ``last``, in
    three. Raises ChangedMeanwhile, but not then.

    The row of the project is read only if it is not the one that this process keeps.
    """
    version, project = _projects.get(project_id, ("", None))
    ontology = ontology_for(project) if project else None
    fields = _composer(project, ontology).fields if project and ontology else ()
    with atomic_in_messages() as ends:
        marked = read_marked(project_id, fields, most=STALE_BATCH, last=last, behind=ends.begin)
        if not marked.marks:
            return 0, False, False
        if marked.version == version and project and ontology:
            seen = seen_in(marked.rows, marked.held, project, ontology, fields, marked.tasks)
        else:
            project = _current(project_id)
            ontology = ontology_for(project) if project else None
            if project is None or ontology is None:
                return 0, False, False
            seen = read_at_once(project, ontology, _composer(project, ontology).fields, marked.tasks)
        is_more = _judge(project, ontology, seen, marked.marks, is_plain=last is None, commit=ends.commit)
    return len(marked.tasks), len(marked.marks) == STALE_BATCH, is_more


def _current(project_id: int) -> Project | None:
    for version, *columns in CURRENT.rows({"project": project_id}):
        project = PROJECT.read(columns, 0)
        if project is not None:
            if len(_projects) >= MOST_PROJECTS:
                _projects.clear()
            _projects[project_id] = version, project
            return project
    return None


def update_tasks(
    project: Project, ontology: Ontology, ids: Sequence[int], *, marks: Sequence[int] = ()
) -> bool:
    """Consensus of these tasks from their answers, the stored matrices and the stored weights; then the trust
    of who gave them. These marks are deleted; return whether there are others.

    The caller holds a transaction, and in it the lock ``trust`` of the project, which a full run takes too,
    since before the answers are read: so nobody writes what came of older ones over what came of newer.
    All is worked out before a row of the queue is locked.
    """
    seen = read_at_once(project, ontology, _composer(project, ontology).fields, ids)
    return _judge(project, ontology, seen, marks, is_plain=False)


def _judge(
    project: Project,
    ontology: Ontology,
    seen: Seen,
    marks: Sequence[int],
    *,
    is_plain: bool,
    commit: Sequence[Sent] = (),
) -> bool:
    fields = _composer(project, ontology).fields
    results = merge_tasks(project, ontology, seen.answers, seen.known)
    changes = trust_of(project, fields, seen)
    suspects = seen.known.people.distrusted(project.review_below_trust)
    consensus = None
    if is_plain and not suspects and len(results) <= FEW:
        consensus = to_write_plainly(project, results, seen.answers, seen.pools, seen.judged)
    if consensus is None:
        consensus = to_write(project, results, seen.answers, suspects=suspects)
        return write_changes(project, changes, marks=marks, behind=consensus, commit=commit)
    try:
        return write_changes(project, changes, marks=marks, behind=consensus, commit=commit)
    except DataError as error:
        raise ChangedMeanwhile(max(marks)) from error


def merge_tasks(
    project: Project, ontology: Ontology, answers: Mapping[int, Sequence[Answer]], known: Known
) -> list[TaskResult]:
    """What these answers come to, task by task; nothing is written."""
    composer = _composer(project, ontology)
    fields = composer.fields
    models = [QuickModel(asked, known) for asked in fields if asked.is_judged_by_votes]
    learned = merged_by_crowds(stored_crowds(project, fields, answers), fields, answers)
    return [
        merge_task(
            task_id,
            given,
            composer,
            {model.asked.name: model.posterior(task_id, given) for model in models},
            known.people.weights,
            learned,
            method_of(project),
        )
        for task_id, given in answers.items()
    ]


def _composer(project: Project, ontology: Ontology) -> Composer:
    """Of the project's current ontology, with all that it has put together before."""
    found = _composers.get(project.ontology_id)
    if found is None or found.ontology is not ontology:
        if len(_composers) >= MOST_ONTOLOGIES:
            _composers.clear()
        found = _composers[project.ontology_id] = Composer(ontology, asked_fields(project))
    return found


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
        place = model.place
        known = [(user, place[code]) for user, code in given if code in place]
        said = np.array([code for _, code in known], dtype=np.int32)
        shares = quick_shares(model.method, said, len(place))
        if shares is None:
            shares = self._by_matrices(model, known, said)
        return dict(zip(model.codes, shares.tolist(), strict=True))

    def _by_matrices(self, model: StoredModel, known: Sequence[tuple[int, int]], said: Codes) -> Floats:
        """(K,) what these people's answers make probable."""
        size, people = len(model.codes), self._people
        matrices = [people.get(user, NONE).get(model.unit, model.usual) for user, _ in known]
        columns = [[row[code] for row in matrix] for matrix, (_, code) in zip(matrices, known, strict=True)]
        likelihood = np.array(columns).reshape(-1, size)
        right = likelihood
        if model.difficulty:
            right = np.array([[matrix[at][at] for at in range(size)] for matrix in matrices]).reshape(
                -1, size
            )
        return posterior_of_answers(
            likelihood,
            right,
            said,
            model.log_marginals,
            temper=model.temper if model.method == ConsensusMethod.DEFAULT else None,
            difficulty=model.difficulty,
        )
