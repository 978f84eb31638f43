"""Qualification for managers: terms, items, everybody's state. And the page on which people go through it."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import json_script
from rest_framework.utils.encoders import JSONEncoder

from accounts.access import clean_id
from accounts.early import is_opened
from accounts.errors import DomainError, FieldError
from accounts.page_tools import SignedInRequest, in_percent, page
from annotate.pages.label import ENTRY, boot, modules_for
from projects.access import ProjectAccess, access_project
from projects.models import Project
from quality.api.course import started_payload
from quality.api.qualification import act_on, find_subject
from quality.models import GoldUse, Qualification
from quality.pages.contests import problem_of
from quality.pages.frame import quality_shell
from quality.reports.qualification import course_items, people_standing, uses
from quality.services.fields import asked_fields
from quality.services.qualification.terms import Terms, count_pool, save_terms, set_use, terms_of

COURSE = "js/pages/course/page.js"
DONE = {
    "grant": "{} has a certificate.",
    "withdraw": "{} has no certificate any more, and gets no tasks.",
    "retry": "{} can take the quiz again now.",
}
# Classes with a pass mark of their own are chosen one by one: of very many only so many are offered.
MOST_CLASSES = 60


@page
def qualification(request: SignedInRequest, project_id: str) -> HttpResponse:
    """The terms and how far the items last, the items by use, everybody's state; a POST saves the terms."""
    access = access_project(request, project_id)
    if request.method == "POST":
        return _save(request, access)
    return _show(request, access)


def _show(
    request: SignedInRequest, access: ProjectAccess, refusal: DomainError | None = None
) -> HttpResponse:
    """The page; with a refusal what was sent stands in the form of the terms, and what is wrong beside it."""
    project, terms, pool = access.project, terms_of(access.project), count_pool(access.project)
    use = request.GET.get("use", GoldUse.PRACTICE if pool.practice or pool.quiz else GoldUse.HIDDEN)
    use = use if use in GoldUse.values else GoldUse.PRACTICE
    people = people_standing(project)
    context: dict[str, Any] = {
        "terms": terms,
        "pool": pool,
        "attempts": pool.quiz // terms.quiz_length,
        "use": use,
        "uses": [{"name": name, "title": title, "count": getattr(pool, name)} for name, title in uses()],
        "items": course_items(project, use),
        "people": people,
        "marked_anew": [row for row in people if row.remarked],
        "marks": _marks(access, terms.class_marks),
        "form": _form(project, terms),
        "refusal": refusal,
        "wrong": _wrong(refusal) if refusal else {},
    }
    if refusal:
        context["form"] = {name: request.POST.get(name, "") for name in [*context["form"], "grant_existing"]}
        for row in context["marks"]:
            row["percent"] = request.POST.get(f"mark:{row['key']}", "")
            row["wrong"] = context["wrong"].get(row["path"], "")
        context["marks_wrong"] = any(row["wrong"] for row in context["marks"])
    status = refusal.status if refusal else 200
    return render(
        request,
        "quality/qualification.html",
        quality_shell(access, "qualification", **context),
        status=status,
    )


def _wrong(refusal: DomainError) -> dict[str, str]:
    """What is wrong by path; marks are asked in percent."""
    return {
        each.path: in_percent(each.message)
        if each.path.startswith(("pass_mark", "class_marks."))
        else each.message
        for each in refusal.fields
    }


def _form(project: Project, terms: Qualification) -> dict[str, Any]:
    """What stands in the form of the terms."""
    return {
        "on": project.needs_certificate,
        "quiz_length": terms.quiz_length,
        "pass_mark": round(terms.pass_mark * 100),
        "cooldown_minutes": terms.cooldown_minutes,
        "attempts_most": terms.attempts_most,
        "validity_days": terms.validity_days,
        "other_items": terms.other_items,
        "recalibrate": terms.recalibrate,
    }


def _marks(access: ProjectAccess, class_marks: dict[str, dict[str, float]]) -> list[dict[str, Any]]:
    """Each class that may have a pass mark, with the one it has in percent."""
    rows = []
    for asked in asked_fields(access.project):
        for each in asked.field.items("classes") + asked.field.items("options"):
            mark = class_marks.get(asked.name, {}).get(str(each["name"]))
            rows.append(
                {
                    "key": json.dumps([asked.name, each["name"]]),
                    "field": asked.field.title,
                    "title": each.get("title", each["name"]),
                    "path": f"class_marks.{asked.name}.{each['name']}",
                    "percent": None if mark is None else round(mark * 100),
                }
            )
    return rows[:MOST_CLASSES]


def _save(request: SignedInRequest, access: ProjectAccess) -> HttpResponse:
    on = request.POST.get("on") == "1"
    try:
        terms = Terms(
            quiz_length=_number(request, "quiz_length"),
            pass_mark=_number(request, "pass_mark") / 100,
            class_marks=_posted_marks(request, access),
            cooldown_minutes=_number(request, "cooldown_minutes"),
            attempts_most=_number(request, "attempts_most"),
            other_items=request.POST.get("other_items") == "1",
            validity_days=_number(request, "validity_days"),
            recalibrate=request.POST.get("recalibrate") == "1",
        )
        save_terms(
            project=access.project,
            terms=terms,
            on=on,
            by=access.user,
            grant_existing=request.POST.get("grant_existing") == "1",
        )
    except DomainError as refusal:
        return _show(request, access, refusal)
    messages.success(
        request,
        "Saved. The queue opens to those with a certificate." if on else "Saved. Qualification is off.",
    )
    return _back(access)


def _number(request: SignedInRequest, name: str, path: str = "") -> int:
    raw = request.POST.get(name, "").strip()
    if not raw.isascii() or not raw.isdigit() or len(raw) > 6:
        raise DomainError("These terms are not valid.", fields=[FieldError(path or name, "a whole number")])
    return int(raw)


def _posted_marks(request: SignedInRequest, access: ProjectAccess) -> dict[str, dict[str, float]]:
    """The marks of the form; those of classes that it does not offer stay."""
    offered = {row["key"] for row in _marks(access, {})}
    kept = terms_of(access.project).class_marks
    marks: dict[str, dict[str, float]] = {
        field: {name: mark for name, mark in names.items() if json.dumps([field, name]) not in offered}
        for field, names in kept.items()
    }
    for key in offered:
        field, name = json.loads(key)
        if request.POST.get(f"mark:{key}", "").strip():
            marks.setdefault(field, {})[name] = (
                _number(request, f"mark:{key}", f"class_marks.{field}.{name}") / 100
            )
    return {field: names for field, names in marks.items() if names}


def _back(access: ProjectAccess, part: str = "") -> HttpResponse:
    return HttpResponseRedirect(reverse("qualification", kwargs={"project_id": access.project.pk}) + part)


@page
def qualification_items(request: SignedInRequest, project_id: str) -> HttpResponse:
    """Put the chosen gold aside for practice or the quiz, or hide it again."""
    access = access_project(request, project_id)
    use = request.POST.get("use", "")
    try:
        tasks = [clean_id(task) for task in request.POST.getlist("tasks")]
        changed = set_use(project=access.project, task_ids=tasks, use=use, by=access.user)
    except DomainError as refusal:
        messages.error(request, problem_of(refusal))
        return _back(access, "#items")
    titles = dict(uses())
    messages.success(request, f"{changed} items: {titles[use].lower()}.")
    return _back(access, f"?use={use}#items")


@page
def qualification_person(request: SignedInRequest, project_id: str) -> HttpResponse:
    """Grant or withdraw a certificate by hand, or allow another attempt."""
    access = access_project(request, project_id)
    action = request.POST.get("action", "")
    try:
        if action not in DONE:
            raise DomainError("Unknown action.")
        member = find_subject(access, clean_id(request.POST.get("user", "")))
        act_on(access, member, action, request.POST.get("reason", ""))
    except DomainError as refusal:
        messages.error(request, problem_of(refusal))
    else:
        messages.success(request, DONE[action].format(member.user.display_name))
    return _back(access, "#people")


@page
def qualification_course(request: SignedInRequest, project_id: str) -> HttpResponse:
    """Practice and quiz in the real editor, with the first item in the page when somebody opens it."""
    access = access_project(request, project_id)
    project, version = access.project, access.project.ontology
    values = boot(access)
    here = {"project_id": project.pk}
    settings = {"count": 1, "show_predictions": False, "allow_corrections": True, "feedback_at_once": False}
    values["settings"] |= settings
    values["urls"] |= {
        "page": reverse("qualification-course", kwargs=here),
        "next": reverse("api-qualification-next", kwargs=here),
        "assignment": reverse("api-qualification-item", kwargs={"course_item_id": "0"}).replace(
            "/0/", "/{}/"
        ),
        "practice": reverse("api-qualification-practice", kwargs=here),
        "quiz": reverse("api-qualification-quiz", kwargs=here),
        "label": reverse("label", kwargs=here),
        "work": reverse("my-work", kwargs=here),
    }
    values |= {"course": True, "now": timezone.now()}
    values["drawing"] = started_payload(access) if is_opened(request) else None
    context: dict[str, Any] = {
        "project": project,
        "boot": values,
        "boot_script": json_script(values, "label-boot", JSONEncoder),
        "modules": [*(modules_for(version.parsed()) if version else ()), COURSE, ENTRY],
        "exit_url": reverse("my-work", kwargs=here),
    }
    return render(request, "quality/course.html", context)
