"""A person's own answers in a project, newest first; one click from being corrected."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.page_tools import SignedInRequest, page
from annotate.api.own_work import own_answers
from annotate.models import Annotation
from annotate.pages.previews import class_titles, preview
from annotate.versions import ontology_of
from labeltypes import registry
from labeltypes.base import Field
from projects.access import ProjectAccess, access_project
from projects.shell import shell

PAGE = 50


@page
def my_answers(request: SignedInRequest, project_id: str) -> HttpResponse:
    """A page of answers, with what they say and whether they wait for a correction."""
    access = access_project(request, project_id)
    before = request.GET.get("before", "")
    rows = Annotation.objects.by(access.user.pk).filter(project=access.project, is_fix=False)
    rows = rows.select_related("task").order_by("-id")
    if before.isdigit() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    heads = list(rows[: PAGE + 1])
    here = reverse("my-answers", kwargs={"project_id": access.project.pk})
    context = {
        "answers": [_row(access, head, answer) for head, answer in _with_answers(heads[:PAGE])],
        "older": f"{here}?before={heads[PAGE - 1].pk}" if len(heads) > PAGE else "",
        "newest": here if before else "",
        "can_correct": access.project.allow_corrections,
    }
    return render(request, "annotate/my_answers.html", shell(access, "work", **context))


def _with_answers(heads: list[Annotation]) -> list[tuple[Annotation, dict[str, Any]]]:
    return list(zip(heads, own_answers(heads), strict=True))


def _row(access: ProjectAccess, head: Annotation, answer: dict[str, Any]) -> dict[str, Any]:
    ontology = access.project.ontology_id and ontology_of(access.project.ontology_id).ontology
    fields = {field.name: field for field in ontology.fields} if ontology else {}
    label_url = reverse("label", kwargs={"project_id": access.project.pk})
    return {
        "url": f"{label_url}?assignment={head.assignment_id}"
        if head.rejected_at
        else f"{label_url}?answer={head.pk}",
        "sent_back": head.rejected_at is not None,
        "set_aside": head.discarded_at is not None,
        "version": head.version,
        "at": head.updated_at,
        "item": preview(answer["media"], answer["data"]),
        "values": [
            {
                "title": fields[name].title if name in fields else name,
                "text": summary(value, fields.get(name)),
            }
            for name, value in head.value.items()
        ],
    }


def summary(value: Any, field: Field | None) -> str:
    """A value in a few words: classes and options by their titles, regions counted by class. ``field``: None
    for one that is no more."""
    titles = class_titles([field]) if field else {}
    if isinstance(value, list):
        if value and isinstance(value[0], dict):
            names = [str(region.get("class", "?")) for region in value]
            return ", ".join(f"{names.count(name)} × {titles.get(name, name)}" for name in sorted(set(names)))
        names = [titles.get(str(one), str(one)) for one in value]
        return (registry.get_type(field.type).joined(names) if field else ", ".join(names)) or "none"
    text = titles.get(value, value) if isinstance(value, str) else str(value)
    return text if len(text) <= 200 else f"{text[:199]}…"
