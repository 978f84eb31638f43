"""Gold that waits among the settled tasks, to be approved one by one or many at once."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from accounts.access import clean_id
from accounts.errors import DomainError
from accounts.page_tools import SignedInRequest, page
from labeltypes.base import Invalid
from projects.access import access_project
from projects.models import Task
from quality.pages.contests import described, problem_of
from quality.pages.frame import below_quality_shell
from quality.reports.items import items
from quality.services.mining import LEAST_PEOPLE, THRESHOLD, approve, candidates


@page
def mined_gold(request: SignedInRequest, project_id: str) -> HttpResponse:
    """The candidates; POST makes the chosen ones gold."""
    access = access_project(request, project_id)
    if request.method == "POST":
        return _approve(request, project_id)
    found = candidates(access.project)
    tasks = Task.objects.defer("search").in_bulk([each.task_id for each in found])
    shown = items(access.project, [tasks[each.task_id] for each in found], {})
    rows = [
        {"item": item, "candidate": each, "lines": described(access.project, each.summary.value or {})}
        for each, item in zip(found, shown, strict=True)
    ]
    context = {"rows": rows, "threshold": THRESHOLD, "people": LEAST_PEOPLE}
    return render(request, "quality/mined_gold.html", below_quality_shell(access, "gold", **context))


def _approve(request: SignedInRequest, project_id: str) -> HttpResponse:
    access = access_project(request, project_id)
    chosen = request.POST.getlist("only") or request.POST.getlist("task")
    try:
        made = approve(
            project=access.project, task_ids=[clean_id(one) for one in chosen[:100]], by=access.user
        )
    except (DomainError, Invalid) as refusal:
        messages.error(request, problem_of(refusal))
    else:
        words = "1 task is" if made == 1 else f"{made} tasks are"
        messages.success(request, f"{words} gold now, and served unmarked.")
    return HttpResponseRedirect(reverse("mined-gold", kwargs={"project_id": access.project.pk}))
