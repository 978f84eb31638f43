"""The pages of tasks: the list with its facets, and one task with everything said about it."""

from typing import Any

from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from accounts.early import render_early
from accounts.errors import DomainError, FieldError
from accounts.models import User
from accounts.page_tools import SignedInRequest, page
from annotate.api.people import hides_authors
from annotate.api.review_payload import task_payload
from annotate.api.tasks import link, view_for
from annotate.pages.label import modules_for
from annotate.pages.previews import class_titles
from annotate.pages.task_rows import TONES, table_body, task_rows
from annotate.services.experts import has_experts
from annotate.task_actions import action_names
from annotate.task_history import history_of
from annotate.task_list import ORDERS, View, listed
from annotate.versions import ontology_of
from labeltypes.ontology import Ontology
from projects.access import Capability, ProjectAccess, access_project, access_row
from projects.models import Task, TaskState
from projects.queries import count_states
from projects.shell import shell

LAYOUTS = ("table", "grid")
MOST_CLASSES = 30
ENTRY = "js/pages/task.js"


@page
def task_list(request: SignedInRequest, project_id: str) -> HttpResponseBase:
    """Tasks as a table or a grid; the address holds the whole view. A wrong filter is a page that says so."""
    access = access_project(request, project_id)
    query = dict(request.GET.lists())
    layout = query.pop("view", ["table"])[0]
    layout = layout if layout in LAYOUTS else "table"
    problems: tuple[FieldError, ...] = ()
    try:
        view = view_for(access, query)
    except DomainError as refusal:
        view, problems = View(), refusal.fields
    setup = _setup(request, access) if access.can(Capability.CONFIGURE) else None
    known = {"project": access.project, "layout": layout, "setup": setup}

    def rest() -> dict[str, Any]:
        shown, count = listed(access.project, view)
        rows = task_rows(access, shown.tasks, _class_titles(access))
        return shell(
            access,
            "data",
            view=view,
            problems=problems,
            rows=rows,
            body=table_body(rows, selectable=setup is not None) if layout == "table" else "",
            count=count,
            next_url=link(request, shown.next),
            previous_url=link(request, shown.previous),
            facets=_facets(request, access, view),
            orders=_orders(request, view),
            layouts=[(one, _with(request, "view", one)) for one in LAYOUTS],
            can_import=access.can(Capability.IMPORT),
            actions=action_names(),
            has_experts=setup is not None and has_experts(access.project.pk),
            archived=(TaskState.ARCHIVED.value,),
        )

    if problems:
        return render(request, "annotate/tasks.html", known | rest(), status=400)
    return render_early(request, "annotate/tasks.html", known, rest)


@page
def task_page(request: SignedInRequest, project_id: str, task_id: str) -> HttpResponse:
    """The item with all answers side by side, its history, threads and predictions."""
    project = access_project(request, project_id).project
    rows = Task.objects.filter(project=project).select_related("summary")
    task, access = access_row(request, rows, task_id)
    shown = task_payload(task, access)
    ontology = ontology_of(access.project.ontology_id).ontology if access.project.ontology_id else None
    predictions = list(task.predictions.order_by("-id")[:20])
    boot = {
        "ontology": ontology.to_json() if ontology else None,
        "item": shown["item"],
        "answers": shown["answers"],
        "consensus": shown["consensus"],
        "decision": shown["decision"],
        "predictions": [
            {"model": one.model, "version": one.version, "value": one.value, "score": one.score}
            for one in predictions
        ],
        "preferences": access.user.preferences,
        "comments": reverse("api-task-comments", kwargs={"task_id": task.pk}),
    }
    context = shell(
        access,
        "data",
        task=task,
        tone=TONES.get(TaskState(task.summary.state), "neutral"),
        boot=boot,
        threads=_threads(shown["comments"]),
        history=history_of(task, hidden=hides_authors(access)),
        modules=[*(modules_for(ontology) if ontology else []), ENTRY],
        can_review=access.can(Capability.JUDGE),
        breadcrumbs=[
            {"label": "Data", "url": reverse("task-list", kwargs={"project_id": access.project.pk})}
        ],
    )
    return render(request, "annotate/task.html", context)


def _facets(request: SignedInRequest, access: ProjectAccess, view: View) -> dict[str, Any]:
    counts = count_states([access.project]).get(access.project.pk, {})
    states = [
        {
            "label": state,
            "n": counts.get(state),
            "on": state in view.state,
            "url": _toggled(request, "state", state),
        }
        for state in TaskState.values
        if counts.get(state) or state in (*view.state, TaskState.ARCHIVED)
    ]
    titles = _class_titles(access)
    names = list(titles)
    if view.class_name in names[MOST_CLASSES:]:
        names.insert(0, str(view.class_name))
    classes = [
        {"label": titles[name], "on": name == view.class_name, "url": _toggled(request, "class", name)}
        for name in names[:MOST_CLASSES]
    ]
    hidden = max(0, len(titles) - MOST_CLASSES)
    return {"states": states, "classes": classes, "hidden": hidden, "people": _people(access, view)}


def _class_titles(access: ProjectAccess) -> dict[str, str]:
    """What people call the classes and options, by name, in the ontology's order."""
    ontology: Ontology | None = (
        ontology_of(access.project.ontology_id).ontology if access.project.ontology_id else None
    )
    return class_titles(ontology.fields) if ontology else {}


def _people(access: ProjectAccess, view: View) -> list[dict[str, Any]]:
    """Members to filter by; nobody where authors are hidden."""
    if hides_authors(access):
        return []
    people = User.objects.filter(project_memberships__project=access.project).order_by("name", "email")
    return [
        {"id": str(person.pk), "name": person.display_name, "on": person.pk == view.person}
        for person in people.only("pk", "name", "email")[:500]
    ]


def _orders(request: SignedInRequest, view: View) -> list[dict[str, Any]]:
    return [
        {"key": sign + key, "label": f"{order.title}, {words}", "on": sign + key == view.order}
        for key, order in ORDERS.items()
        for sign, words in (("", "lowest first"), ("-", "highest first"))
    ]


def _setup(request: SignedInRequest, access: ProjectAccess) -> dict[str, Any]:
    """What the script needs to act: where to, and the filter as it stands."""
    kept = {
        name: values
        for name, values in request.GET.lists()
        if name not in ("cursor", "order", "view", "limit")
    }
    return {
        "actions": reverse("api-task-actions", kwargs={"project_id": access.project.pk}),
        "job": "/jobs/{id}/",
        "filter": {
            name: values if len(values) > 1 else values[0] for name, values in kept.items() if any(values)
        },
    }


def _threads(comments: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Comments by thread, the replies below the first."""
    threads = {one["id"]: {**one, "replies": []} for one in comments if one["thread"] is None}
    for one in comments:
        if one["thread"] in threads:
            threads[one["thread"]]["replies"].append(one)
    return list(threads.values())


def _toggled(request: SignedInRequest, name: str, value: str) -> str:
    """The address with this value of a facet chosen, or not any more."""
    chosen = request.GET.get(name) == value
    return _with(request, name, "" if chosen else value)


def _with(request: SignedInRequest, name: str, value: str) -> str:
    query: QueryDict = request.GET.copy()
    query.pop("cursor", None)
    query.pop(name, None)
    if value:
        query[name] = value
    return f"?{query.urlencode()}" if query else request.path
