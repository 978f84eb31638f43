"""Label errors: the list with what speaks against each label, and the page where they are judged by keys."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from accounts.errors import DomainError, Missing
from accounts.page_tools import SignedInRequest, page
from annotate.pages.label import modules_for
from projects.access import Capability, access_project
from projects.shell import shell
from quality.models import FlagState
from quality.pages.frame import quality_shell
from quality.reports.label_errors import flags_after, in_words, precisions, search_of
from quality.services.fields import ontology_for
from quality.services.label_errors import start_search
from quality.services.rounds import learnable_fields

ENTRY = "js/pages/label-errors.js"
STATES = {
    FlagState.OPEN: "to judge",
    FlagState.ERROR: "errors",
    FlagState.RIGHT: "right",
    FlagState.SKIPPED: "skipped",
}


@page
def label_errors(request: SignedInRequest, project_id: str) -> HttpResponse:
    """Flagged labels, the likeliest errors first; a POST searches anew."""
    access = access_project(request, project_id)
    if request.method == "POST":
        try:
            start_search(project=access.project, by=access.user, field=request.POST.get("field", "")[:100])
            messages.success(request, "The search was started.")
        except DomainError as refusal:
            messages.error(request, refusal.message)
        return HttpResponseRedirect(request.path)
    state = request.GET.get("state", FlagState.OPEN)
    state = state if state in FlagState.values else FlagState.OPEN
    flags, more = flags_after(access.project, state, _after(request.GET.get("after", "")))
    context = {
        "flagged": in_words(access.project, flags),
        "next_after": f"{flags[-1].score!r}:{flags[-1].pk}" if more else "",
        "states": STATES.items(),
        "state": state,
        "precisions": precisions(access.project),
        "search": search_of(access.project),
        "fields": learnable_fields(access.project),
        "can_judge": access.can(Capability.JUDGE),
    }
    return render(request, "quality/label_errors.html", quality_shell(access, "label-errors", **context))


def _after(text: str) -> tuple[float, int] | None:
    """Score and id behind which the page begins; None for the first, or for what cannot be one."""
    score, _, pk = text.partition(":")
    try:
        return float(score), int(pk)
    except ValueError:
        return None


@page
def label_errors_judge(request: SignedInRequest, project_id: str) -> HttpResponse:
    """One flagged label after another in the editor."""
    access = access_project(request, project_id)
    ontology = ontology_for(access.project)
    if ontology is None:
        raise Missing
    back = reverse("label-errors", kwargs={"project_id": access.project.pk})
    boot: dict[str, Any] = {
        "ontology": ontology.to_json(),
        "preferences": access.user.preferences,
        "next": reverse("api-label-errors-next", kwargs={"project_id": access.project.pk}),
        "judgement": reverse("api-label-error-judgement", kwargs={"flag_id": 0}),
        "adjudication": reverse("api-adjudication", kwargs={"task_id": 0}),
    }
    context = shell(access, "quality", boot=boot, modules=[*modules_for(ontology), ENTRY], exit_url=back)
    return render(request, "quality/label_errors_judge.html", context)
