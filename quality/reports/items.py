"""Tasks to look at, with enough of the item to recognize it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from projects.models import Media, Project, Task, TaskState, TaskSummary
from quality.services.fields import ontology_for

EXCERPT = 140
# Of an image it is made when somebody looks, of a recording by a worker, if ever.
HAS_THUMBNAIL = Q(kind="image") | ~Q(thumbnail="")
MOST = 25
LOOKED_AT = 500


@dataclass(frozen=True)
class Item:
    """A task in a list: ``excerpt`` of its text or the address of a thumbnail."""

    task: Task
    excerpt: str
    thumbnail: str
    summary: TaskSummary | None

    @property
    def url(self) -> str:
        return f"/projects/{self.task.project_id}/tasks/{self.task.pk}/"


def disagreements(project: Project) -> list[Item]:
    """Tasks on which people agree least and that nobody has settled.

    Of each state the ``LOOKED_AT`` on which they agree least are looked at: where reviewers have settled all
    of these, there may be others behind them.
    """
    ordered = TaskSummary.objects.filter(project=project, agreement__lt=1.0).order_by("agreement", "task_id")
    each = [
        ordered.filter(state=state).values("task_id")[:LOOKED_AT]
        for state in TaskState.values
        if state != TaskState.ARCHIVED
    ]
    rows = list(
        TaskSummary.objects.filter(task_id__in=each[0].union(*each[1:], all=True))
        .exclude(source__in=["review", "adjudication"])
        .order_by("agreement", "task_id")[:MOST]
    )
    tasks = Task.objects.defer("search").in_bulk(
        [row.task_id for row in rows]
    )  # only of those that are shown
    return items(project, [tasks[row.task_id] for row in rows], {row.task_id: row for row in rows})


def items(
    project: Project, tasks: Sequence[Task], summaries: dict[int, TaskSummary] | None = None
) -> list[Item]:
    """These tasks in this order: one query for thumbnails, one for summaries if they are not given."""
    if summaries is None:
        summaries = TaskSummary.objects.in_bulk([task.pk for task in tasks])
    ontology = ontology_for(project)
    specs = ontology.media if ontology else ()
    texts = [spec.source for spec in specs if spec.kind == "text"]
    images = [spec.source for spec in specs if spec.kind != "text"]
    keys = {str(task.data.get(source)) for task in tasks for source in images}
    known = (
        set(Media.objects.filter(HAS_THUMBNAIL, project=project, key__in=keys).values_list("key", flat=True))
        if keys
        else set()
    )
    return [
        Item(task, _excerpt(task.data, texts), _thumbnail(task.data, images, known), summaries.get(task.pk))
        for task in tasks
    ]


def _excerpt(data: dict[str, Any], sources: Sequence[str]) -> str:
    text = " ".join(str(data.get(source) or "") for source in sources)
    short = " ".join(text.split())
    return short if len(short) <= EXCERPT else f"{short[: EXCERPT - 1]}…"


def _thumbnail(data: dict[str, Any], sources: Sequence[str], known: set[str]) -> str:
    return next(
        (f"/media/{data[source]}/thumbnail/" for source in sources if str(data.get(source)) in known), ""
    )
