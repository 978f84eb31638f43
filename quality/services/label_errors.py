"""Labels that are probably wrong: a job finds them, people judge them, and so measure how good it is."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.utils import timezone

from accounts.errors import Conflict, DomainError, FieldError, Forbidden
from accounts.models import User
from annotate.models import Annotation
from projects.jobs import JobContext, job_handler, start_job
from projects.models import Job, JobState, Project
from quality.models import FlagState, LabelFlag, Trust
from quality.services import learner
from quality.services.fields import Asked, ontology_for
from quality.services.labels import check_enough, classes_of, labeled
from quality.services.rounds import MOST_IMAGES, choose_field, features_of, learnable_fields, shows_text
from quality.services.trust import CONSENSUS
from stats.audit.confident import beyond_chance, find_label_errors

JOB = "label-errors"
MOST_FLAGS = 2_000  # of each source
VERDICTS = (FlagState.ERROR, FlagState.RIGHT, FlagState.SKIPPED)
# A model has learned something if chance alone would be so far off once in a thousand searches.
LEARNED = 3.09
MIXED_UP = 0.8  # somebody whose accuracy on a class is surely below this mixes it up

LABELS = """
FROM quality_consensus c JOIN projects_tasksummary s ON s.task_id = c.task_id
WHERE c.project_id = %(project)s AND c.field = %(field)s AND s.value ? %(field)s AND s.state <> 'archived'
  AND c.answers > 1 AND c.distribution ? ''
  AND NOT EXISTS (SELECT 1 FROM quality_golditem g WHERE g.task_id = c.task_id AND g.retired_at IS NULL)
"""
RIGHT = "coalesce((c.distribution -> '' ->> (s.value ->> %(field)s))::float, 0)"
EXPECTED = f"SELECT coalesce(sum(1 - {RIGHT}), 0) {LABELS}"
DOUBTFUL = f"""
SELECT c.task_id, s.value ->> %(field)s, c.distribution -> '' {LABELS}
ORDER BY {RIGHT}, c.task_id LIMIT %(most)s
"""
VOTES = """
SELECT v.task_id, v.user_id, l.text FROM quality_vote v
JOIN quality_votelabel l ON l.project_id = v.project_id AND l.field = v.field AND l.kind = 'code'
                        AND l.code = v.code
WHERE v.project_id = %(project)s AND v.field = %(field)s AND v.task_id = ANY(%(tasks)s)
"""


@dataclass
class Doubt:
    """Why a label is in doubt. Probabilities by the model and by the crowd: (of the label, of its rival)."""

    task: int
    label: str
    suggested: str
    model: tuple[float, float] | None = None
    crowd: tuple[float, float] | None = None

    @property
    def source(self) -> str:
        return "both" if self.model and self.crowd else "model" if self.model else "crowd"

    @property
    def score(self) -> float:
        """How far the label leads its rival; the worse of the two opinions."""
        return min(own - rival for own, rival in filter(None, (self.model, self.crowd)))


def start_search(*, project: Project, by: User | None, field: str = "") -> Job:
    """Queue a search for label errors. Raises DomainError without a field, Conflict while one is running."""
    fields = [asked.name for asked in learnable_fields(project) if not field or asked.name == field]
    if not fields:
        message = "Label errors are found in questions with one answer out of a list; there is none."
        raise DomainError(message, fields=[FieldError("field", "has not one answer out of a list")])
    running = Job.objects.filter(project=project, kind=JOB, state__in=[JobState.QUEUED, JobState.RUNNING])
    if running.exists():
        raise Conflict("A search is running.", code="running")
    return start_job(project=project, kind=JOB, by=by, params={"field": fields[0]})


@job_handler(JOB)
def run_search(context: JobContext) -> Mapping[str, Any]:
    """Search one field. Twice on the same labels leaves the same flags."""
    project = context.project
    asked = next(one for one in learnable_fields(project) if one.name == context.params["field"])
    found: dict[int, Doubt] = {}
    note = ""
    try:
        examined = _by_model(project, asked, context, found)
    except DomainError as refusal:
        examined, note = 0, refusal.message
    _by_crowd(project, asked, found)
    stored = _store(project, asked, found)
    return {"flags": stored, "examined": examined, "note": note}


def _by_model(project: Project, asked: Asked, context: JobContext, found: dict[int, Doubt]) -> int:
    """Add what models that never saw an item doubt of its label; return how many labels they looked at."""
    choose_field(project, asked.name)  # refuses where there is nothing to learn from
    ontology = ontology_for(project)
    if ontology is None:
        return 0
    known = labeled(project, asked)
    check_enough(asked, classes_of(known))
    first = 0 if shows_text(ontology) else max(0, len(known.tasks) - MOST_IMAGES)
    tasks, labels = known.tasks[first:], known.labels[first:]
    names, codes = learner.encode(labels)
    features = features_of(project, ontology, tasks, context)
    shares = learner.held_out(features, codes, between=context.let_others)
    rows = np.flatnonzero(~np.isnan(shares[:, 0]))
    if not rows.size:
        return 0
    if beyond_chance(codes[rows], shares[rows]) < LEARNED:
        raise DomainError(
            f"A model of {rows.size:,} items tells answers apart no better than chance and doubts none.",
            code="nothing_learned",
        )
    errors = find_label_errors(codes[rows], shares[rows])
    worst = np.argsort(errors.margin, kind="stable")
    for place in worst[errors.by_noise_rate[worst]][:MOST_FLAGS].tolist():
        rival = int(errors.suggested[place])
        task = tasks[int(rows[place])]
        found[task] = Doubt(
            task,
            labels[int(rows[place])],
            names[rival],
            model=(float(errors.self_confidence[place]), float(shares[rows[place], rival])),
        )
    return int(rows.size)


def _by_crowd(project: Project, asked: Asked, found: dict[int, Doubt]) -> None:
    """Add the labels that people's answers make least probable: as many as are expected to be wrong."""
    values: dict[str, Any] = {"project": project.pk, "field": asked.name}
    known = set(asked.codes)
    with connection.cursor() as cursor:
        cursor.execute(EXPECTED, values)
        ((expected,),) = cursor.fetchall()
        cursor.execute(DOUBTFUL, {**values, "most": min(MOST_FLAGS, round(expected))})
        rows = cursor.fetchall()
    for task, label, text in rows:
        shares = json.loads(text)
        rivals = {code: share for code, share in shares.items() if code != label and code in known}
        if not rivals or label not in known:
            continue
        rival = max(rivals, key=lambda code: (rivals[code], code))
        doubt = found.setdefault(task, Doubt(task, label, rival))
        doubt.crowd = (float(shares.get(label, 0.0)), float(rivals[rival]))


@transaction.atomic
def _store(project: Project, asked: Asked, found: Mapping[int, Doubt]) -> int:
    """Replace the flags that nobody has judged; what was judged is not asked again for the same label."""
    now = timezone.now()
    flags = LabelFlag.objects.filter(project=project, field=asked.name)
    flags.filter(state=FlagState.OPEN).delete()
    judged = set(flags.filter(task__in=found).values_list("task_id", "label"))
    fresh = [doubt for doubt in found.values() if (doubt.task, doubt.label) not in judged]
    evidence = _evidence(project, asked, fresh)
    LabelFlag.objects.bulk_create(
        (
            LabelFlag(
                project=project,
                task_id=doubt.task,
                field=asked.name,
                label=doubt.label,
                suggested=doubt.suggested,
                source=doubt.source,
                score=round(doubt.score, 9),
                evidence=evidence[doubt.task],
                found_at=now,
            )
            for doubt in sorted(fresh, key=lambda doubt: (doubt.score, doubt.task))
        ),
        batch_size=1_000,
    )
    return len(fresh)


def _evidence(project: Project, asked: Asked, doubts: Sequence[Doubt]) -> dict[int, dict[str, Any]]:
    """Per task: the votes, both probabilities, and how right one of the label's people is on its rival."""
    votes: dict[int, list[tuple[int, str]]] = defaultdict(list)
    values: dict[str, Any] = {"project": project.pk, "field": asked.name}
    values["tasks"] = [doubt.task for doubt in doubts]
    with connection.cursor() as cursor:
        cursor.execute(VOTES, values)
        for task, user, text in cursor.fetchall():
            votes[task].append((user, text))
    weak = _weak_on(project, asked)
    found = {}
    for doubt in doubts:
        row: dict[str, Any] = {"votes": dict(Counter(text for _, text in votes[doubt.task]))}
        row |= {"model": doubt.model, "crowd": doubt.crowd}
        people = [user for user, text in votes[doubt.task] if text == doubt.label]
        row["mixes_up"] = _weakest(weak, people, doubt.suggested)
        found[doubt.task] = row
    return found


def _weak_on(project: Project, asked: Asked) -> dict[tuple[int, str], tuple[float, float, float]]:
    """(person, class) → accuracy with interval, of those who surely mix the class up."""
    rows = Trust.objects.filter(project=project, field=asked.name, basis=CONSENSUS, high__lt=MIXED_UP)
    return {
        (user, label): (accuracy, low, high)
        for user, label, accuracy, low, high in rows.exclude(label="").values_list(
            "user_id", "label", "accuracy", "low", "high"
        )
    }


def _weakest(
    weak: Mapping[tuple[int, str], tuple[float, float, float]], people: Iterable[int], label: str
) -> list[float] | None:
    known = [weak[user, label] for user in people if (user, label) in weak]
    return [round(each, 4) for each in min(known, key=lambda figures: figures[2])] if known else None


@transaction.atomic
def judge_flag(*, flag: LabelFlag, by: User, verdict: str) -> LabelFlag:
    """Say whether a flagged label is wrong; the last word counts. Locks the flag.

    Raises DomainError for an unknown verdict, Forbidden for a task that one answered oneself.
    """
    if verdict not in VERDICTS:
        words = ", ".join(VERDICTS)
        raise DomainError("Unknown verdict.", fields=[FieldError("verdict", f"one of {words}")])
    if Annotation.objects.filter(task=flag.task_id, user=by, is_fix=False).exists():
        raise Forbidden("Nobody judges a label that they gave an answer to.", code="own_work")
    locked = LabelFlag.objects.select_for_update(of=("self",), no_key=True).get(pk=flag.pk)
    locked.state, locked.judged_by, locked.judged_at = FlagState(verdict), by, timezone.now()
    locked.save(update_fields=["state", "judged_by", "judged_at"])
    return locked
