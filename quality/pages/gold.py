"""Gold for those who may see it: the list with its health, and the editor."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from accounts.access import clean_id
from accounts.errors import Missing
from accounts.page_tools import SignedInRequest, page
from annotate.items import resolve
from projects.access import ProjectAccess, access_project
from projects.models import Project, Task, TaskState, TaskSummary
from projects.shell import shell
from projects.sureness import at_least
from quality.models import Consensus, GoldItem
from quality.pages.frame import quality_shell
from quality.reports.gold_health import gold_health, gold_totals, proposed
from quality.reports.items import items
from quality.services.fields import asked_fields, ontology_for
from quality.services.retiring import retire
from quality.waiting import open_contests

SUGGESTED = 10
LOOKED_AT = 100
SURE = 0.95


@page
def gold(request: SignedInRequest, project_id: str) -> HttpResponse:
    """What gold there is, which items everybody misses, and which tasks would make good gold."""
    access = access_project(request, project_id)
    retired = request.GET.get("retired") == "1"
    context = {
        "rows": gold_health(access.project, retired=retired),
        "totals": gold_totals(access.project),
        "retired": retired,
        "proposed": [] if retired else proposed(access.project),
        "suggested": _suggested(access.project),
        "contests": open_contests([access.project.pk], access.user).get(access.project.pk, 0),
    }
    return render(request, "quality/gold.html", quality_shell(access, "gold", **context))


def _suggested(project: Project) -> list[Any]:
    """Of the settled tasks of which the inference is surest, those that several people answered."""
    surest = TaskSummary.objects.filter(at_least(SURE), project=project, state=TaskState.DONE)
    ids = list(surest.order_by("-probability_step", "-task_id").values_list("task_id", flat=True)[:LOOKED_AT])
    rows = (
        TaskSummary.objects.filter(task_id__in=ids, answers__gte=2)
        .exclude(task__gold_item__isnull=False)
        .order_by("-probability", "-task_id")
        .select_related("task")[:SUGGESTED]
    )
    summaries = {row.task_id: row for row in rows}
    return items(project, [row.task for row in summaries.values()], summaries)


@page
def gold_editor(request: SignedInRequest, project_id: str, task_id: str) -> HttpResponse:
    """Answer a task as gold in the labeling component."""
    access = access_project(request, project_id)
    task = Task.objects.filter(project=access.project, pk=clean_id(task_id)).first()
    ontology = ontology_for(access.project)
    if task is None or ontology is None:
        raise Missing
    item = GoldItem.objects.filter(task=task).first()
    context = {
        "task": task,
        "gold": item,
        "fields": [
            {"asked": asked, "tolerance": (item.tolerance if item else {}).get(asked.name, 0)}
            for asked in asked_fields(access.project)
        ],
        "editor": _editor(access, task, item),
    }
    return render(request, "quality/gold_editor.html", shell(access, "quality", **context))


def _editor(access: ProjectAccess, task: Task, item: GoldItem | None) -> dict[str, Any]:
    """What the script needs: the component's options, and where to save."""
    project = access.project
    ontology = ontology_for(project)
    accepted = item.answers if item else []
    return {
        "ontology": ontology.to_json() if ontology else {},
        "item": resolve(task, project.ontology_id or 0).payload,
        "answers": accepted or [_start(task)],
        "task": str(task.pk),
        "api": f"/api/v1/projects/{project.pk}/gold/",
        "back": reverse("gold", kwargs={"project_id": project.pk}),
    }


def _start(task: Task) -> dict[str, Any]:
    """Where to begin: what the answers came to so far, as JSON."""
    rows = Consensus.objects.filter(task=task).values_list("field", "value")
    begun: dict[str, Any] = json.loads(json.dumps(dict(rows)))
    return begun


@page
def gold_retire(request: SignedInRequest, project_id: str, task_id: str) -> HttpResponse:
    """Take an item out of the gold."""
    access = access_project(request, project_id)
    item = (
        GoldItem.objects.filter(project=access.project, task=clean_id(task_id))
        .select_related("project")
        .first()
    )
    if item is not None:
        retire(gold=item, by=access.user)
        messages.success(request, "The task is work again. The grades stay.")
    return HttpResponseRedirect(reverse("gold", kwargs={"project_id": access.project.pk}))
