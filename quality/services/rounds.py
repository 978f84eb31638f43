"""Active learning: train on what is labeled, put the most telling tasks first, keep a share random."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone

from accounts.errors import Conflict, DomainError, FieldError
from accounts.models import User
from annotate.models import AnnotationVersion, Drawn, Pool, Prediction, QueueEntry
from annotate.services.predictions import PredictionInput, store_predictions
from annotate.services.ranking import rerank
from labeltypes.base import Invalid
from labeltypes.ontology import Ontology
from projects.jobs import JobCancelled, JobContext, job_handler, start_job
from projects.models import Job, Project, Task
from quality.models import Round, RoundState
from quality.services import learner
from quality.services.features import Features, image_features, load_pictures, text_features, text_of
from quality.services.fields import Asked, asked_fields, ontology_for
from quality.services.labels import check_enough, classes_of, label_counts, labeled
from stats.arrays import Floats
from stats.intervals.wilson import wilson

JOB = "round"
MODEL = "active-learning"
BATCH = 500  # tasks that a round puts first
MOST_TEXTS = 20_000
MOST_IMAGES = 3_000
CHUNK = 1_000


def learnable_fields(project: Project) -> list[Asked]:
    """Fields with one answer out of a known list: a code of a vote is itself a value."""
    return [asked for asked in asked_fields(project) if _is_learnable(asked)]


def _is_learnable(asked: Asked) -> bool:
    if not asked.is_judged_by_votes:
        return False
    code = asked.codes[0]
    try:
        return asked.label_type.clean(code, asked.field) == code
    except Invalid:
        return False


def choose_field(project: Project, name: str = "") -> Asked:
    """The field of this name, or the first that can be learned. Raises DomainError where there is none."""
    fields = learnable_fields(project)
    if name:
        fields = [asked for asked in fields if asked.name == name]
    if not fields:
        message = "A model learns questions with one answer out of a list; this project has no such field."
        if name:
            message = f"“{name}” is not a question with one answer out of a list."
        raise DomainError(message, fields=[FieldError("field", "cannot be learned")])
    ontology = ontology_for(project)
    if ontology is None or not any(spec.kind in {"text", "image"} for spec in ontology.media):
        raise DomainError("A model learns from texts or images; this project shows neither.")
    return fields[0]


@transaction.atomic
def start_round(*, project: Project, by: User | None, field: str = "") -> Round:
    """Queue a training round. Raises DomainError for too few labels or one class, Conflict while one runs."""
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    asked = choose_field(project, field)
    if project.rounds.filter(state__in=[RoundState.QUEUED, RoundState.RUNNING]).exists():
        raise Conflict("A round is running.", code="running")
    classes = label_counts(project, asked)
    check_enough(asked, classes)
    number = (project.rounds.aggregate(last=Max("number"))["last"] or 0) + 1
    round_ = Round.objects.create(
        project=project, number=number, field=asked.name, labeled=sum(classes.values()), started_by=by
    )
    round_.job = start_job(project=project, kind=JOB, by=by, params={"round": round_.pk})
    round_.save(update_fields=["job"])
    return round_


def start_if_due(project: Project) -> bool:
    """Start a round if enough new labels came in since the last one, and it can be done at all."""
    last = project.rounds.order_by("-number").first()
    try:
        asked = choose_field(project, last.field if last else "")
        count = sum(label_counts(project, asked).values())
        if count - (last.labeled if last else 0) < project.retrain_after:
            return False
        start_round(project=project, by=None, field=asked.name)
    except DomainError:
        return False
    return True


@job_handler(JOB)
def run_round(context: JobContext) -> Mapping[str, Any]:
    """Do a round; a second delivery of the same job does the same round again."""
    round_ = Round.objects.select_related("project").get(pk=context.params["round"])
    Round.objects.filter(pk=round_.pk).update(state=RoundState.RUNNING)
    try:
        result = _learn(round_, context)
    except DomainError as refusal:
        _finish(round_, state=RoundState.REFUSED, message=refusal.message)
        raise
    except JobCancelled:
        raise  # `end_round` hears of it
    except Exception:
        _finish(round_, state=RoundState.FAILED, message="Something went wrong. The log has the details.")
        raise
    _finish(round_, state=RoundState.DONE, message="", **result)
    return {"round": round_.number, "ranked": result["ranked"], "predicted": result["predicted"]}


def end_round(job: Job) -> None:
    """A round whose job stopped without saying so itself: it was cancelled, or its worker died."""
    unfinished = Round.objects.filter(job=job, state__in=[RoundState.QUEUED, RoundState.RUNNING])
    unfinished.update(state=RoundState.FAILED, message="It was stopped.", finished_at=timezone.now())


def _finish(round_: Round, **changes: Any) -> None:
    Round.objects.filter(pk=round_.pk).update(finished_at=timezone.now(), **changes)


def _learn(round_: Round, context: JobContext) -> dict[str, Any]:
    project = round_.project
    ontology = ontology_for(project)
    if ontology is None:
        raise DomainError("The project has no ontology.")
    asked = choose_field(project, round_.field)
    known = labeled(project, asked)
    check_enough(asked, classes_of(known))
    candidates = _candidates(project, ontology, known.tasks)
    more = _handed_out_too(project, {*known.tasks, *candidates})
    ids = [*known.tasks, *candidates, *more]
    features = features_of(project, ontology, ids, context)
    names, codes = learner.encode(known.labels)
    size = len(known.tasks)
    weights = np.array(known.sureness)
    is_random = _drawn_at_random(known.tasks)
    context.progress(len(ids), 2 * len(ids))
    context.let_others()
    held_out = learner.held_out(features[:size], codes, weights, between=context.let_others)
    score = learner.score(held_out, codes, is_random)
    interval = wilson(score.right, score.evaluated)
    shares = learner.predict(features[:size], codes, weights, features)
    shares[:size] = np.where(np.isnan(held_out), shares[:size], held_out)
    ranked = 0
    if candidates:
        open_ = slice(size, size + len(candidates))
        ranked = _rank(project, candidates, shares[open_], features[open_])
    predicted = _store(project, round_, asked, _shown(project, ids, shares), names)
    context.progress(2 * len(ids), 2 * len(ids))
    return {
        "labeled": size,
        "evaluated": score.evaluated,
        "accuracy": score.right / score.evaluated if score.evaluated else None,
        "low": interval.low if score.evaluated else None,
        "high": interval.high if score.evaluated else None,
        "ranked": ranked,
        "predicted": predicted,
        "details": {
            "right": score.right,
            "classes": classes_of(known),
            "candidates": len(candidates),
        },
    }


def _candidates(project: Project, ontology: Ontology, known: Sequence[int]) -> list[int]:
    """Open tasks without an answer yet, in the order of the queue, as many as a round can look at."""
    most = MOST_TEXTS if shows_text(ontology) else MOST_IMAGES
    rows = QueueEntry.objects.filter(project=project, pool=Pool.WORK, is_open=True, taken__lt=F("wanted"))
    ids = rows.order_by("-epoch", "order_key").values_list("pk", flat=True)[: most + len(known)]
    seen = set(known)
    return [pk for pk in ids if pk not in seen][:most]


def _handed_out_too(project: Project, known: Collection[int]) -> list[int]:
    """Hidden gold without an answer yet. It is not ranked, but needs a prediction as all others have one."""
    rows = QueueEntry.objects.filter(project=project, pool=Pool.GOLD, is_open=True).order_by("pk")
    return [pk for pk in rows.values_list("pk", flat=True) if pk not in known]


def _shown(project: Project, ids: Sequence[int], shares: Floats) -> dict[int, Floats]:
    """Those of these tasks that somebody may still be given, with what the model says of each.

    Also the ones it has learned from, whose shares come from models that had not: that a prediction is
    missing, or surer than others, would tell gold from work.
    """
    open_ = QueueEntry.objects.filter(project=project, is_open=True).exclude(
        pool=Pool.WORK, taken__gte=F("wanted")
    )
    handed_out = set(open_.filter(pk__in=ids).values_list("pk", flat=True))
    return {pk: row for pk, row in zip(ids, shares, strict=True) if pk in handed_out}


def shows_text(ontology: Ontology) -> bool:
    """Whether items have a text to learn from; else they have an image."""
    return any(spec.kind == "text" for spec in ontology.media)


def features_of(project: Project, ontology: Ontology, ids: Sequence[int], context: JobContext) -> Features:
    """What a quick model sees of these tasks, a row each, in this order; says how far it is."""
    tasks = Task.objects.filter(project=project).only("data", "project_id").in_bulk(ids)
    ordered = [tasks[pk] for pk in ids]
    if shows_text(ontology):
        return text_features([text_of(task, ontology) for task in ordered])

    def tick(done: int) -> None:
        context.progress(done, 2 * len(ids))
        context.let_others()

    return image_features(load_pictures(ordered, ontology, tick))


def _drawn_at_random(task_ids: Sequence[int]) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Which labeled tasks some answer came to by chance, not by the policy."""
    rows = AnnotationVersion.objects.filter(annotation__task__in=task_ids, drawn=Drawn.RANDOM)
    random = set(rows.values_list("annotation__task_id", flat=True).distinct())
    return np.array([task_id in random for task_id in task_ids], dtype=np.bool_)


def _rank(project: Project, candidates: Sequence[int], shares: Floats, features: Features) -> int:
    if not project.active_learning or project.random_share >= 1.0:
        return 0
    chosen = learner.choose(shares, features, min(BATCH, len(candidates)))
    order = [candidates[int(place)] for place in chosen]
    return rerank(project_id=project.pk, task_ids=order, random_share=project.random_share)


def _store(
    project: Project,
    round_: Round,
    asked: Asked,
    shares: Mapping[int, Floats],
    names: Sequence[str],
) -> int:
    """Predictions of this round for these tasks, in place of earlier rounds'."""
    version = f"round {round_.number}"
    items = [
        PredictionInput(
            value={asked.name: names[int(row.argmax())]}, score=round(float(row.max()), 6), task=task_id
        )
        for task_id, row in shares.items()
    ]
    stored = 0
    for start in range(0, len(items), CHUNK):
        stored += store_predictions(
            project=project, model=MODEL, version=version, items=items[start : start + CHUNK]
        )[0]
    Prediction.objects.filter(project=project, model=MODEL).exclude(version=version).delete()
    return stored
