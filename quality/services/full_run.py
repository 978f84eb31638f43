"""Consensus in full, for a whole project: model, trust, every task, agreement."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from annotate.models import Annotation
from labeltypes.base import Crowd
from labeltypes.ontology import Ontology
from projects.jobs import JobContext, job_handler, start_job
from projects.models import Job, JobState, Project
from projects.turns import has_a_core_to_spare
from quality.models import FittedModel, Trust
from quality.services.agreement import refresh_agreement
from quality.services.annotator_groups import refresh_groups
from quality.services.answers import answers_of, task_batches
from quality.services.behind import Behind
from quality.services.beside import Beside
from quality.services.comparing import leave_to_compare
from quality.services.crowds import Crowds, case_of, learners_of, merged_by_crowds
from quality.services.difficulty import refresh_difficulty
from quality.services.fields import Asked, asked_fields, ontology_for
from quality.services.figures import refresh_figures
from quality.services.health import refresh_discrimination
from quality.services.inference import FieldFit, fit_field
from quality.services.locks import TRUST, one_at_a_time
from quality.services.merging import Answer, Composer, TaskResult, merge_batch, nearness
from quality.services.methods import method_of
from quality.services.news import with_news
from quality.services.sums import are_kept, crowd_sums, keep_sums
from quality.services.trust import CONSENSUS, Tally, consensus_trust, store
from quality.services.votes import rebuild_all
from quality.services.watch import refresh_watch
from quality.services.writing import Columns, columns_of, write_results
from stats.hands import two_hands

JOB = "consensus"
# Where of a batch so many tasks were news, the next is written without a look for what is new in it: to look
# costs three quarters of what it costs to lock and compare where nothing is.
MOSTLY_NEWS = 0.6
Nearness = dict[str, dict[int, Tally]]
AnswersOf = Mapping[int, Sequence[Answer]]


class Run(NamedTuple):
    """What was inferred of all tasks and of so many people: by field, ``weights`` by person, too."""

    ontology: Ontology
    fits: Mapping[str, FieldFit]
    crowds: Crowds
    weights: Mapping[str, Mapping[int, float]]
    composer: Composer
    method: str
    people: int


def start_full_run(*, project: Project, by: User | None) -> Job:
    """Queue a full run, unless one is waiting already: then that one is returned."""
    waiting = Job.objects.filter(project=project, kind=JOB, state=JobState.QUEUED).order_by("pk").first()
    return waiting or start_job(project=project, kind=JOB, by=by, params={})


@job_handler(JOB)
def run_job(context: JobContext) -> Mapping[str, Any]:
    """The whole project: votes, model, trust, every task, agreement."""
    return full_run(context.project, context)


def full_run(project: Project, context: JobContext | None = None) -> dict[str, Any]:
    """Infer everything anew from all answers. Twice without new answers gives the same rows."""
    ontology = ontology_for(project)
    if ontology is None:
        return {"tasks": 0}
    if context is not None and context.params.get("rebuild_votes"):
        rebuild_all(project)
    began = timezone.now()
    total = Annotation.objects.filter(project=project).values("task_id").distinct().count()
    say = partial(_say, context, total=2 * total)
    run = _inferred(project, ontology, say, total)
    found = list(run.fits.values())
    apart = (
        partial(refresh_agreement, project),
        partial(refresh_difficulty, project, found),
        partial(refresh_watch, project, found),
    )
    with Beside(apart, partial(_let_others, context)):
        tasks = _write_all(project, run, lambda written: say(total + written))
        refresh_discrimination(project)
        refresh_figures(project)
        refresh_groups(project)
    _let_others(context)
    leave_to_compare(project, found, run=context.job.pk if context else None, run_at=began)
    return {"tasks": tasks, "people": run.people}


def _inferred(project: Project, ontology: Ontology, say: Callable[[int], None], total: int) -> Run:
    """Fit all fields, and store the models and what they say of how many people."""
    fields = asked_fields(project)
    with two_hands(has_a_core_to_spare):
        fits = {asked.name: fit_field(project, asked) for asked in fields if asked.is_judged_by_votes}
    say(0)
    by_distance = [asked for asked in fields if asked.name not in fits or fits[asked.name].is_too_large]
    near, crowds = _learn_by_distance(project, ontology, by_distance) if by_distance else ({}, {})
    trust = consensus_trust(project, list(fits.values()), near)
    for row in trust:
        if not row.label and row.field in crowds:
            row.learned = crowds[row.field].people.get(row.user_id, {})
    _store(project, trust, list(fits.values()), crowds, near)
    say(total)
    weights: dict[str, dict[int, float]] = defaultdict(dict)
    for row in trust:
        if not row.label and row.field:
            weights[row.field][row.user_id] = row.accuracy
    composer, people = Composer(ontology, fields), len({row.user_id for row in trust})
    return Run(ontology, fits, crowds, weights, composer, method_of(project), people)


def _write_all(project: Project, run: Run, say: Callable[[int], None]) -> int:
    """Write batch after batch, each while the next is read and merged; return how many tasks there are.

    Progress is said, and others have their turn, only while nothing is being written: no lock is held then.
    """
    done = begun = 0
    mostly_news = False
    with Behind[int]() as behind:

        def finish() -> None:
            nonlocal done, mostly_news
            written = behind.finish()
            if written is not None:
                mostly_news = written >= MOSTLY_NEWS * (begun - done)
                done = begun
                say(done)

        for ids in task_batches(project.pk):
            answers = answers_of(project, run.ontology, ids)
            results = _merged(run, ids, answers)
            columns = columns_of(results) if mostly_news else None
            finish()
            begun += len(ids)
            behind.start(partial(_write, project, results, answers, columns, look=not mostly_news))
        finish()
    return done


def _merged(run: Run, ids: Sequence[int], answers: AnswersOf) -> list[TaskResult]:
    known = merged_by_crowds(run.crowds, run.composer.fields, answers)
    place = np.array(ids, dtype=np.int64)
    inferred = {name: fit.inferred(place) for name, fit in run.fits.items()}
    return merge_batch(answers, run.composer, inferred, run.weights, known, run.method)


@transaction.atomic
def _write(
    project: Project,
    results: Sequence[TaskResult],
    answers: AnswersOf,
    columns: Columns | None,
    *,
    look: bool,
) -> int:
    """Write a batch without waiting for the disk; return of how many tasks anything was new.

    Lost with it is at most what the job, still unfinished, does again: its last word is waited for, and with
    it the disk has all that was written before.
    """
    if look:
        results = with_news(project, results)
    if not results:
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
    return write_results(project, results, answers, columns=columns)


def _say(context: JobContext | None, done: int, total: int) -> None:
    """How far the run is. It waits for the disk, on purpose: else the next person's answer would wait for
    all that a batch has written."""
    if context is not None:
        context.progress(done, total)
    _let_others(context)


def _let_others(context: JobContext | None) -> None:
    if context is not None:
        context.let_others()


def _learn_by_distance(
    project: Project, ontology: Ontology, fields: Sequence[Asked]
) -> tuple[Nearness, dict[str, Crowd]]:
    """Per field and person how near their answers are to the others' to the same tasks; and what the types
    learn of the people."""
    found: Nearness = {asked.name: defaultdict(Tally) for asked in fields}
    learners = learners_of(fields)
    for ids in task_batches(project.pk):
        for task_id, answers in answers_of(project, ontology, ids).items():
            for asked in fields:
                case = case_of(asked.name, answers)
                if case is None:
                    continue
                if asked.name in learners:
                    learners[asked.name].add(task_id, case)
                if len(case.values) > 1:
                    for user_id, near in zip(case.people, nearness(asked, case.values), strict=False):
                        found[asked.name][user_id].add(near)
    learned = {name: learner.crowd() for name, learner in learners.items()}
    return found, {name: crowd for name, crowd in learned.items() if crowd is not None}


@transaction.atomic
def _store(
    project: Project, trust: Sequence[Trust], fits: Sequence[FieldFit], crowds: Crowds, near: Nearness
) -> None:
    """Trust, the models, and what trust is kept up to date from until the next run, all at once.

    Marked tasks wait meanwhile, and are looked at right after it.
    """
    from quality.tasks import poke_stale

    one_at_a_time(TRUST, project.pk)
    store(project.pk, CONSENSUS, trust)
    _store_models(project, fits, crowds, near)
    keep_sums(project, fits)
    transaction.on_commit(lambda: poke_stale(project.pk))


def _store_models(project: Project, fits: Sequence[FieldFit], crowds: Crowds, near: Nearness) -> None:
    now = timezone.now()
    rows = [
        FittedModel(
            project=project,
            field=fit.asked.name,
            unit=unit.unit,
            codes=list(unit.codes),
            marginals=unit.consensus.marginals.tolist(),
            pooled=unit.consensus.pooled.tolist(),
            temper=unit.consensus.temper,
            difficulty=unit.consensus.difficulty,
            method=project.consensus_method,
            sums=crowd_sums(unit) if are_kept(fit) else {},
            answers=unit.answers.size,
            computed_at=now,
        )
        for fit in fits
        for unit in fit.units.values()
    ]
    rows += [
        FittedModel(
            project=project,
            field=name,
            codes=[],
            marginals=[],
            pooled=[],
            learned=crowd.common,
            answers=int(sum(tally.n for tally in near[name].values())),
            computed_at=now,
        )
        for name, crowd in crowds.items()
    ]
    FittedModel.objects.filter(project=project).delete()
    FittedModel.objects.bulk_create(rows)
