"""A project whose model is sure and right on some classes, and of which a part is checked already."""

from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.utils import timezone

from annotate.models import Assignment, AssignmentState, Drawn, Prediction, QueueEntry
from projects.jobs import run_job
from projects.models import Job, Task, TaskSummary
from quality.services.triage_measure import start_measure
from tests.world import World, make_tasks, make_world

CLASSES = ("positive", "negative", "neutral")
MODEL = {"model": "m", "version": "1"}


@dataclass
class Triaged:
    """``checked`` tasks were answered by Abe, ``waiting`` ones by nobody."""

    world: World
    checked: list[Task]
    waiting: list[Task]


def score_of(number: int) -> float:
    """From 0.5 to 0.99, in turn."""
    return 0.5 + (number * 7 % 50) / 100


def triaged(checked: int = 300, waiting: int = 60, *, worst: float = 0.7, **settings: Any) -> Triaged:
    """Every task has a prediction. The model is wrong where its score is below ``worst``, and never above."""
    world = make_world(**{"overlap": 1, "review_share": 0.0, "hold_size": 20, **settings})
    tasks = make_tasks(world.project, checked + waiting)
    Prediction.objects.bulk_create(
        Prediction(
            project=world.project,
            task=task,
            value={"sentiment": CLASSES[number % 2]},
            score=score_of(number),
            **MODEL,
        )
        for number, task in enumerate(tasks)
    )
    found = Triaged(world, tasks[:checked], tasks[checked:])
    check(found, found.checked, lambda number: score_of(number) >= worst)
    return found


def check(found: Triaged, tasks: list[Task], is_right: Any, drawn: str = Drawn.RANDOM) -> None:
    """Abe answers these, as if one after another: at once, since only what follows is of interest."""
    now = timezone.now()
    project = found.world.project
    Assignment.objects.bulk_create(
        Assignment(
            project=project,
            task=task,
            user=found.world.abe,
            state=AssignmentState.SUBMITTED,
            drawn=drawn,
            ontology_id=project.ontology_id,
            created_at=now,
            expires_at=now,
            closed_at=now,
        )
        for task in tasks
    )
    QueueEntry.objects.filter(task__in=tasks).update(taken=F("taken") + 1, answered=1)
    shown = dict(Prediction.objects.filter(task__in=tasks).values_list("task_id", "value__sentiment"))
    summaries = list(TaskSummary.objects.filter(task__in=tasks).order_by("task_id"))
    for number, summary in enumerate(summaries):
        said = shown[summary.task_id] if is_right(number) else "neutral"
        summary.value, summary.source, summary.state = {"sentiment": said}, "consensus", "done"
        summary.answers, summary.answered_at, summary.done_at = 1, now, now
    TaskSummary.objects.bulk_update(
        summaries, ["value", "source", "state", "answers", "answered_at", "done_at"]
    )
    QueueEntry.objects.filter(task__in=tasks, pool="work").update(is_open=False)


def measure(found: Triaged) -> Job:
    """Have the job done."""
    job = start_measure(project=found.world.project, by=found.world.max)
    run_job(job.pk)
    job.refresh_from_db()
    return job
