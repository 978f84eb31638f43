"""The labeling page, and the small JSON it asks for besides the API."""

from typing import Any

from django.db.models import Sum
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import json_script
from rest_framework.utils.encoders import JSONEncoder

from accounts.access import clean_id
from accounts.early import is_opened, render_early
from accounts.errors import Missing
from accounts.page_tools import SignedInRequest, page
from annotate.api.assignments import next_payload
from annotate.api.own_work import NoticeOut, own_answers, today, unread
from annotate.models import ActivityDay, Annotation
from annotate.services.certificates import needs_certificate
from annotate.versions import guideline_number
from labeltypes.ontology import Ontology
from projects.access import ProjectAccess, access_project
from projects.models import Feedback

ENTRY = "js/pages/label/index.js"
# Their style sheets are asked for apart.
SEEING, HEARING = "js/surfaces/image/index.js", "js/surfaces/audio/index.js"


@page
def label(request: SignedInRequest, project_id: str) -> HttpResponseBase:
    """The page, with the first items in it when somebody opens it: to look at it otherwise must not lease."""
    access = access_project(request, project_id)
    version = access.project.ontology
    modules = modules_for(version.parsed()) if version else []
    known = {
        "project": access.project,
        "user_id": access.user.pk,
        "modules": [*modules, ENTRY],
        "sees": SEEING in modules,
        "hears": HEARING in modules,
        "exit_url": reverse("project-overview", kwargs={"project_id": access.project.pk}),
    }
    named = request.GET.keys() & {"assignment", "answer"}

    def rest() -> dict[str, Any]:
        values = boot(access)
        opened = is_opened(request)
        values["drawing"] = next_payload(access, access.project.hold_size) if opened else None
        return {
            "boot": values,
            "boot_script": json_script(values, "label-boot", JSONEncoder),  # dates as the API writes them
            "first_picture": "" if named else first_picture(values["drawing"]),
            "notices": len(unread(access)),
        }

    if not needs_certificate(access.project, access.membership):
        return render_early(request, "annotate/label.html", known, rest)
    found = rest()
    reason = (found["boot"]["drawing"] or {}).get("reason")
    if reason and reason["code"] == "certificate" and "answer" not in named:
        return HttpResponseRedirect(found["boot"]["urls"]["course"])  # practice and quiz, on the floor above
    return render(request, "annotate/label.html", known | found)


@page
def label_ontology(request: SignedInRequest, project_id: str, version: int) -> HttpResponse:
    """An older or newer version of the ontology than the page came with."""
    access = access_project(request, project_id)
    found = access.project.ontologies.filter(version=version).first()
    if found is None:
        raise Missing
    return JsonResponse({"version": found.version, "definition": found.parsed().to_json()})


@page
def label_news(request: SignedInRequest, project_id: str) -> HttpResponse:
    """What may have changed while somebody works: inbox, own counts, guideline. Cheap: it is asked often."""
    access = access_project(request, project_id)
    return JsonResponse(
        {
            "notices": NoticeOut(unread(access), many=True).data,
            "counts": counts(access),
            "guideline_version": guideline_number(access.project.guideline_id),
        }
    )


@page
def label_answer(request: SignedInRequest, project_id: str, annotation_id: str) -> HttpResponse:
    """One of one's own answers with its item, to be looked at or corrected."""
    access = access_project(request, project_id)
    rows = Annotation.objects.by(access.user.pk).filter(project=access.project, is_fix=False)
    head = rows.select_related("task").filter(pk=clean_id(annotation_id)).first()
    if head is None:
        raise Missing
    return JsonResponse(own_answers([head])[0])


def first_picture(drawing: Any) -> str:
    """The address of the picture that the page will show first, to be decoded while its scripts come."""
    assignments = drawing["assignments"] if drawing else []
    media = assignments[0]["media"].values() if assignments else []
    return next((one["url"] for one in media if one["kind"] == "image" and one.get("url")), "")


def boot(access: ProjectAccess) -> dict[str, Any]:
    """What the page's scripts start from: the same whatever the person is about to get."""
    project, version = access.project, access.project.ontology
    return {
        "project": {"id": str(project.pk), "name": project.name},
        "user": str(access.user.pk),
        "ontology": {"version": version.version, "definition": version.parsed().to_json()}
        if version
        else None,
        "settings": {
            "count": project.hold_size,
            "auto_submit": project.auto_submit,
            "show_predictions": project.show_predictions,
            "allow_corrections": project.allow_corrections,
            "feedback_at_once": project.feedback == Feedback.AT_ONCE,
        },
        "preferences": access.user.preferences,
        "counts": counts(access),
        "guideline_version": guideline_number(project.guideline_id),
        "urls": urls(project.pk),
        "now": timezone.now(),
    }


def urls(project_id: int) -> dict[str, str]:
    """Addresses the scripts use; ``{}`` stands for an id or a version."""
    here = {"project_id": project_id}
    return {
        "page": reverse("label", kwargs=here),
        "next": reverse("api-next", kwargs=here),
        "own_work": reverse("api-own-work", kwargs=here),
        "notices": reverse("api-notices", kwargs=here),
        "news": reverse("label-news", kwargs=here),
        "preferences": reverse("api-preferences"),
        "acknowledge": reverse("api-guideline-acknowledge", kwargs=here),
        "guideline": reverse("guideline-changes", kwargs=here),
        "inbox": reverse("inbox", kwargs=here),
        "answers": reverse("my-answers", kwargs=here),
        "assignment": reverse("api-assignment-release", kwargs={"assignment_id": 0})
        .replace("release/", "")
        .replace("/0/", "/{}/"),
        "course": reverse("qualification-course", kwargs=here),
        "contest": reverse("api-contest", kwargs={"annotation_id": 0}).replace("/0/", "/{}/"),
        "ontology": f"{reverse('label', kwargs=here)}ontology/{{}}/",
        "answer": f"{reverse('label', kwargs=here)}answers/{{}}/",
    }


def counts(access: ProjectAccess) -> dict[str, int]:
    """One's own answers: today (UTC) and in all, a few seconds behind."""
    rows = ActivityDay.objects.filter(project=access.project, user=access.user)
    return {"today": today(access).answers, "all": rows.aggregate(n=Sum("answers"))["n"] or 0}


def modules_for(ontology: Ontology) -> list[str]:
    """The label types and surfaces that this ontology needs, to be fetched with the page."""
    fields: Any = ontology.to_json()["fields"]
    attributes = [
        attribute
        for field in fields
        for one in field.get("classes", [])
        for attribute in one.get("attributes", [])
    ]
    kinds = {field.type for field in ontology.fields} | {attribute["type"] for attribute in attributes}
    surfaces = {spec.kind for spec in ontology.media}
    return [f"js/labeltypes/{kind}/index.js" for kind in sorted(kinds)] + [
        f"js/surfaces/{kind}/index.js" for kind in sorted(surfaces)
    ]
