"""What the task list shows of each task, and the rows of its table.

The rows are put together here and not by the template: fifty of them were half of what the page costs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.templatetags.ui import badge, icon
from annotate.items import resolve_all
from annotate.pages.previews import thumbnail
from projects.access import ProjectAccess
from projects.models import Task, TaskState
from projects.sureness import shown

TONES = {
    TaskState.DONE: "good",
    TaskState.REWORK: "warn",
    TaskState.BLOCKED: "bad",
}
EXCERPT, NAMED = 240, 40
IN_A_COLUMN = 100  # more than the column is wide: a browser shapes the letters that it cuts off, too
NOTHING = "–"
BOX = '<td class="tight"><input type="checkbox" data-select value="{}" aria-label="Select {}"></td>'
PICTURE = '<img class="task-thumb" src="{}" alt="" loading="lazy">'
TABLE_ROW = (
    '<tr>{}<th scope="row" class="clip"><a class="task-link" href="{}">{}'
    '<span class="truncate" dir="auto">{}</span></a></th>'
    '<td>{}{}</td><td class="number optional">{}</td><td class="number optional">{}</td>'
    '<td class="number optional">{}</td><td class="optional clip" dir="auto">{}</td></tr>'
)


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task as text. ``name`` is what a screen reader calls it; figures that are not known are empty."""

    id: str
    external_id: str | None
    url: str
    text: str
    name: str
    thumbnail: str | None
    tone: str
    state: str
    priority: int
    answers: str
    agreement: str
    probability: str
    answer: str


def task_rows(access: ProjectAccess, tasks: Sequence[Task], titles: Mapping[str, str]) -> list[TaskRow]:
    """The tasks as rows, in their order; ``titles``: those of classes, by name. One query for all images."""
    ontology_id = access.project.ontology_id
    items = resolve_all([(task, ontology_id) for task in tasks]) if ontology_id else []
    address = reverse("task", kwargs={"project_id": access.project.pk, "task_id": 0})
    rows = []
    for index, task in enumerate(tasks):
        summary = task.summary
        media = list(items[index].payload["media"].values()) if items else []
        image = next(filter(None, (thumbnail(one) for one in media)), None)
        text = next((one["text"] for one in media if one.get("text")), "") or task.external_id or ""
        rows.append(
            TaskRow(
                id=str(task.pk),
                external_id=task.external_id,
                url=address.replace("/0/", f"/{task.pk}/"),
                text=text[:EXCERPT],
                name=_cut(text, NAMED),
                thumbnail=image,
                tone=TONES.get(TaskState(summary.state), "neutral"),
                state=summary.state,
                priority=summary.priority,
                answers=str(summary.answers),
                agreement=_share(summary.agreement),
                probability="" if summary.probability_step is None else shown(summary.probability_step),
                answer=", ".join(titles.get(name, name) for name in summary.classes),
            )
        )
    return rows


def table_body(rows: Sequence[TaskRow], *, selectable: bool) -> SafeString:
    """The rows of the table, with a box to select each. Everything that is not ours is escaped."""
    return format_html_join("", "{}", ((_table_row(row, selectable=selectable),) for row in rows))


def _table_row(row: TaskRow, *, selectable: bool) -> SafeString:
    return format_html(
        TABLE_ROW,
        format_html(BOX, row.id, row.name) if selectable else "",
        row.url,
        format_html(PICTURE, row.thumbnail) if row.thumbnail else "",
        _cut(row.text, IN_A_COLUMN) or row.id,
        badge(row.tone, row.state),
        _priority(row.priority),
        row.answers,
        row.agreement or NOTHING,
        row.probability or NOTHING,
        _cut(row.answer, IN_A_COLUMN),
    )


def _priority(priority: int) -> str:
    if not priority:
        return ""
    arrow = icon("arrow-up" if priority > 0 else "arrow-down", label="priority")
    return format_html(' <span class="muted num">{}{}</span>', arrow, priority)


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"
