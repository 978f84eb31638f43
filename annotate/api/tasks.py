"""The task list, and what can be done to many tasks at once."""

from typing import Any

from django.http import HttpRequest
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.serializers import IdField, StrictSerializer
from accounts.errors import DomainError, FieldError
from annotate.api.people import hides_authors
from annotate.task_actions import KIND, Outcome, act_on, check_action
from annotate.task_list import PARAMETERS, View, as_query, count_of, listed, read_view
from formats.moments import utc_text
from projects.access import ProjectAccess, access_project
from projects.api.jobs import JobOutput
from projects.jobs import start_job
from projects.models import Task


class TaskOut(serializers.Serializer[Any]):
    """A task with what is known of it by now. Whether it is gold is not said here."""

    task = IdField(source="pk")
    id = serializers.CharField(source="external_id", allow_null=True)
    data = serializers.JSONField()  # type: ignore[assignment]  # a field, taken out by DRF
    meta = serializers.JSONField()
    origin = serializers.CharField()
    state = serializers.CharField(source="summary.state")
    priority = serializers.IntegerField(source="summary.priority")
    answers = serializers.IntegerField(source="summary.answers")
    skips = serializers.IntegerField(source="summary.skips")
    agreement = serializers.FloatField(source="summary.agreement", allow_null=True)
    probability = serializers.FloatField(source="summary.probability", allow_null=True)
    value = serializers.JSONField(source="summary.value", allow_null=True)
    source = serializers.CharField(source="summary.source")  # type: ignore[assignment]  # a field
    classes = serializers.ListField(source="summary.classes", child=serializers.CharField())
    answered_at = serializers.DateTimeField(source="summary.answered_at", allow_null=True)
    created_at = serializers.DateTimeField()


def task_row(task: Task) -> dict[str, Any]:
    """What ``TaskOut`` says of a task, at a fraction of its cost: a page may hold a thousand."""
    summary = task.summary
    return {
        "task": str(task.pk),
        "id": task.external_id,
        "data": task.data,
        "meta": task.meta,
        "origin": task.origin,
        "state": summary.state,
        "priority": summary.priority,
        "answers": summary.answers,
        "skips": summary.skips,
        "agreement": summary.agreement,
        "probability": summary.probability,
        "value": summary.value,
        "source": summary.source,
        "classes": summary.classes,
        "answered_at": summary.answered_at and utc_text(summary.answered_at),
        "created_at": utc_text(task.created_at),
    }


class TaskPageOut(serializers.Serializer[Any]):
    """``count.exact`` is false where the number is the database's estimate."""

    results = TaskOut(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    count = serializers.DictField()


class ActionIn(StrictSerializer):
    """Either ``tasks`` (ids) or ``filter`` (the list's parameters: all that match, as a job)."""

    action = serializers.CharField(max_length=40)
    value = serializers.IntegerField(default=0)
    tasks = serializers.ListField(child=IdField(), required=False, min_length=1)
    filter = serializers.DictField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One of the two."""
        if ("tasks" in attrs) == ("filter" in attrs):
            raise serializers.ValidationError({"tasks": "give either tasks or filter"})
        return attrs


class OutcomeOut(serializers.Serializer[Outcome]):
    """``undo``: the requests to this address that take it back, in order."""

    changed = serializers.IntegerField()
    undo = serializers.ListField(child=serializers.DictField())


class TaskList(APIView):
    """The tasks of a project."""

    @extend_schema(
        responses=TaskPageOut,
        parameters=[OpenApiParameter(name, str) for name in PARAMETERS],
        operation_id="tasks",
    )
    def get(self, request: Request, project_id: str) -> Response:
        """A page of tasks, filtered, searched and sorted; unknown parameters are refused."""
        access = access_project(request, project_id)
        view = view_for(access, dict(request.query_params.lists()))
        page, count = listed(access.project, view)
        return Response(
            {
                "results": [task_row(task) for task in page.tasks],
                "next": link(request, page.next),
                "previous": link(request, page.previous),
                "count": {"number": count.number, "exact": count.exact},
            }
        )


class TaskActions(APIView):
    """Doing something to many tasks."""

    @extend_schema(request=ActionIn, responses={200: OutcomeOut, 202: JobOutput}, operation_id="tasks_act")
    def post(self, request: Request, project_id: str) -> Response:
        """Do it to up to a thousand tasks now, or to all that a filter matches as a job."""
        access = access_project(request, project_id)
        data = ActionIn(data=request.data)
        data.is_valid(raise_exception=True)
        values = data.validated_data
        if "tasks" in values:
            given = {"action": values["action"], "value": values["value"], "task_ids": values["tasks"]}
            outcome = act_on(project=access.project, by=access.user, **given)
            return Response(OutcomeOut(outcome).data)
        check_action(values["action"], values["value"])
        view = view_for(access, _lists(values["filter"]))
        params = {"action": values["action"], "value": values["value"], "filter": as_query(view)}
        total = count_of(access.project, view).number
        job = start_job(project=access.project, kind=KIND, by=access.user, params=params, total=total)
        return Response(JobOutput(job).data, status=202)


def view_for(access: ProjectAccess, query: dict[str, list[str]], *, also: tuple[str, ...] = ()) -> View:
    """The view asked for; who must not know authors cannot filter by them."""
    view = read_view(query, also=also)
    if view.person is not None and hides_authors(access):
        raise DomainError("The view is not valid.", fields=[FieldError("person", "authors are hidden here")])
    return view


def link(request: Request | HttpRequest, cursor: str | None) -> str | None:
    """The address of a page beside this one."""
    if cursor is None:
        return None
    query = request.GET.copy()
    query["cursor"] = cursor
    return f"{request.path}?{query.urlencode()}"


def _lists(raw: dict[str, Any]) -> dict[str, list[str]]:
    """A filter as JSON gives it: single values or lists of them."""
    return {
        name: [str(one) for one in value] if isinstance(value, list) else [str(value)]
        for name, value in raw.items()
    }
