"""Agreement of a project: per field, per class, between people, in parts of the data."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.access import clean_id
from accounts.page_tools import SignedInRequest, page
from accounts.replica import from_replica
from projects.access import Capability, ProjectAccess, access_project
from quality.models import Agreement
from quality.pages import agreement_matrix
from quality.pages.agreement_matrix import SHOWN, matrix_rows
from quality.pages.agreement_slices import dimensions
from quality.pages.frame import below_quality_shell, quality_shell
from quality.reports.agreement import (
    Parts,
    choose_field,
    names_of,
    pair_of,
    parts,
    titles_of,
    words_of,
)
from quality.reports.coefficients import COEFFICIENTS, reading
from quality.services.agreement import ABOUT, ALPHA, CLASSES, PAIRS, PEOPLE, SLICES
from quality.services.fields import Asked, asked_fields

MOST_PEOPLE = 200  # rows shown; the API has them all
MOST_WEAKEST = 5
FEW_ANSWERS = 10  # a class that was given less often says little: it stands after the others


@page
def agreement(request: SignedInRequest, project_id: str) -> HttpResponse:
    """Everything about one field; ``?field=`` says which, ``?show=`` what stands in the matrix."""
    access = access_project(request, project_id)
    return from_replica(lambda: _show(request, access))


def _show(request: SignedInRequest, access: ProjectAccess) -> HttpResponse:
    project = access.project
    asked = choose_field(project, request.GET.get("field", "")[:100]) or choose_field(project, "")
    rows = list(Agreement.objects.filter(project=project))
    context: dict[str, Any] = {"asked": asked, "can_people": access.can(Capability.SEE_PEOPLE)}
    if asked is not None:
        kinds = [ABOUT, CLASSES, SLICES] + ([PEOPLE, PAIRS] if context["can_people"] else [])
        figures = parts(project, asked.name, kinds)
        context |= {
            "fields": _fields(access, asked, rows),
            "computed_at": figures.computed_at,
            "about": figures.part(ABOUT) or {},
            **_coefficients([row for row in rows if row.field == asked.name]),
            "classes": _classes(asked, figures),
            **dimensions(figures.part(SLICES) or {}),
        }
        if context["can_people"]:
            context |= _people(request, access, asked, figures)
    return render(request, "quality/agreement.html", quality_shell(access, "agreement", **context))


def _fields(access: ProjectAccess, asked: Asked, rows: list[Agreement]) -> list[dict[str, Any]]:
    """A tab for each field, with its alpha."""
    alphas = {row.field: row for row in rows if row.coefficient == ALPHA}
    address = reverse("agreement", kwargs={"project_id": access.project.pk})
    return [
        {
            "title": each.field.title,
            "url": f"{address}?{urlencode({'field': each.name})}",
            "active": each.name == asked.name,
            "row": alphas.get(each.name),
        }
        for each in asked_fields(access.project)
    ]


def _coefficients(rows: list[Agreement]) -> dict[str, Any]:
    order = list(COEFFICIENTS)
    lines: list[dict[str, Any]] = [
        {"row": row, "title": COEFFICIENTS[row.coefficient][0], "method": COEFFICIENTS[row.coefficient][1]}
        for row in sorted(rows, key=lambda row: order.index(row.coefficient))
    ]
    head = next((line for line in lines if line["row"].coefficient == ALPHA), None)
    if head is not None:
        head["tone"], head["reading"] = reading(head["row"])
    return {"head": head, "lines": lines}


def _classes(asked: Asked, figures: Parts) -> list[dict[str, Any]]:
    """The classes with their titles, weakest first."""
    titles = titles_of(asked)
    rows = [{**each, "title": titles.get(each["name"], each["name"])} for each in figures.part(CLASSES) or []]
    return sorted(rows, key=weakness)


def weakness(row: dict[str, Any]) -> tuple[bool, bool, float]:
    """Whose interval ends lowest first; then classes with few answers; last of which nothing can be said."""
    end = row["alpha"] if row["alpha_high"] is None else row["alpha_high"]
    return row["alpha"] is None, row["answers"] < FEW_ANSWERS, end or 0.0


def _people(request: SignedInRequest, access: ProjectAccess, asked: Asked, figures: Parts) -> dict[str, Any]:
    matrix = figures.part(PAIRS) or {"people": [], "pairs": [], "hidden": 0}
    people = figures.part(PEOPLE) or []
    # Whose interval ends lowest comes first: of them it is surest that they differ from the others.
    listed = sorted(people, key=lambda each: (each["too_few"], each["high"] or 0.0))[:MOST_PEOPLE]
    names = names_of([*matrix["people"], *(each["user"] for each in listed)])
    show = request.GET.get("show", "")
    show = show if show in SHOWN else SHOWN[0]
    address = reverse("agreement", kwargs={"project_id": access.project.pk})
    to_pair = reverse("agreement-pair", kwargs={"project_id": access.project.pk})
    as_rows = show == agreement_matrix.PAIRS
    return {
        "people": [{**each, "name": names[each["user"]]} for each in listed],
        "more_people": len(people) - len(listed),
        "compared": len(matrix["people"]),
        "matrix": [] if as_rows else matrix_rows(matrix, names, show, f"{to_pair}?field={asked.name}"),
        "pairs": [
            {**each, "names": (names[each["first"]], names[each["second"]])}
            for each in matrix["pairs"]
            if as_rows
        ],
        "weakest": [] if as_rows else _weakest(matrix["pairs"], names),
        "hidden": matrix["hidden"],
        "show": show,
        "shows": [
            {"key": key, "url": f"{address}?{urlencode({'field': asked.name, 'show': key})}#between"}
            for key in SHOWN
        ],
    }


def _weakest(pairs: list[dict[str, Any]], names: dict[int, str]) -> list[dict[str, Any]]:
    """The pairs who agree least, whose interval ends lowest first; none where all agree fully."""
    found = [each for each in pairs if not each["too_few"] and each["differ"]]
    ordered = sorted(found, key=lambda each: (each["high"], each["agreement"], each["first"], each["second"]))
    return [
        {**each, "names": (names[each["first"]], names[each["second"]])} for each in ordered[:MOST_WEAKEST]
    ]


@page
def agreement_pair(request: SignedInRequest, project_id: str) -> HttpResponse:
    """The tasks on which two people differ, both answers side by side."""
    access = access_project(request, project_id)
    return from_replica(lambda: _show_pair(request, access))


def _show_pair(request: SignedInRequest, access: ProjectAccess) -> HttpResponse:
    asked = choose_field(access.project, request.GET.get("field", "")[:100])
    wanted = [clean_id(text) if (text := request.GET.get(key, "")) else None for key in ("first", "second")]
    pair = pair_of(access.project, asked, wanted[0], wanted[1]) if asked else None
    context: dict[str, Any] = {"asked": asked, "pair": pair}
    if asked and pair:
        context |= {
            "names": (pair.names[pair.first], pair.names[pair.second]),
            "rows": [
                {
                    "item": each.item,
                    "first": words_of(each.first, asked),
                    "second": words_of(each.second, asked),
                    "nearness": each.nearness,
                    "is_same": each.nearness == 1,
                }
                for each in pair.differences
            ],
        }
    return render(request, "quality/agreement_pair.html", below_quality_shell(access, "agreement", **context))
