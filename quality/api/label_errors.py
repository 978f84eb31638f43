"""Label errors: search, the list of flags, judgements, and how precise the flags are."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.pagination import CursorPagination
from accounts.api.serializers import IdField, StrictSerializer, check_query
from accounts.errors import DomainError, FieldError
from annotate.items import resolve
from annotate.models import Annotation
from labeltypes.base import JsonObject
from projects.access import access_project, access_row
from projects.api.jobs import JobOutput
from projects.models import Project, TaskSummary
from quality.models import FlagState, LabelFlag
from quality.reports.label_errors import in_words, precisions
from quality.services.label_errors import VERDICTS, judge_flag, start_search

FILTERS = {"state": "state", "origin": "source", "field": "field"}
CHOICES = {"state": set(FlagState.values), "origin": {"model", "crowd", "both"}}


class SearchIn(StrictSerializer):
    field = serializers.CharField(required=False, default="", max_length=100, allow_blank=True)


class VerdictIn(StrictSerializer):
    """``error``, ``right`` or ``skipped``."""

    verdict = serializers.ChoiceField([verdict.value for verdict in VERDICTS])


class LabelFlagOut(serializers.Serializer[Any]):
    """``says`` is the label, ``suggested`` what it should be; ``why`` is the reason as a sentence."""

    id = IdField(source="flag.pk")
    task = IdField(source="flag.task_id")
    field = serializers.CharField(source="flag.field")
    says = serializers.CharField(source="flag.label")
    suggested = serializers.CharField(source="flag.suggested")
    why = serializers.CharField()
    score = serializers.FloatField(source="flag.score")
    origin = serializers.CharField(source="flag.source")
    state = serializers.CharField(source="flag.state")


class PrecisionOut(serializers.Serializer[Any]):
    origin = serializers.CharField(source="source")
    flagged = serializers.IntegerField()
    judged = serializers.IntegerField()
    wrong = serializers.IntegerField(source="errors")
    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(source="interval.low", allow_null=True, default=None)
    high = serializers.FloatField(source="interval.high", allow_null=True, default=None)


class NextFlagOut(serializers.Serializer[Any]):
    """The flag with the item and the task's whole value; null when none is left for this person."""

    flag = LabelFlagOut(allow_null=True)
    item = serializers.JSONField(allow_null=True)
    value = serializers.JSONField(allow_null=True)
    left = serializers.IntegerField()


class LikeliestFirst(CursorPagination):
    ordering = ("score", "id")  # type: ignore[assignment]  # several are allowed


class LabelErrors(GenericAPIView[LabelFlag]):
    queryset = LabelFlag.objects.none()
    serializer_class = LabelFlagOut
    pagination_class = LikeliestFirst

    @extend_schema(
        parameters=[OpenApiParameter(name, str) for name in FILTERS],
        responses=LabelFlagOut(many=True),
        operation_id="label_errors_list",
    )
    def get(self, request: Request, project_id: str) -> Response:
        """Flagged labels, the likeliest errors first."""
        access = access_project(request, project_id)
        check_query(request, FILTERS)
        rows = LabelFlag.objects.filter(project=access.project).select_related("task")
        for name, column in FILTERS.items():
            if wanted := request.query_params.get(name):
                if name in CHOICES and wanted not in CHOICES[name]:
                    words = ", ".join(sorted(CHOICES[name]))
                    raise DomainError("Unknown filter.", fields=[FieldError(name, f"one of {words}")])
                rows = rows.filter(**{column: wanted})
        page = self.paginate_queryset(rows) or []
        return self.get_paginated_response(LabelFlagOut(in_words(access.project, page), many=True).data)

    @extend_schema(request=SearchIn, responses={202: JobOutput}, operation_id="label_errors_search")
    def post(self, request: Request, project_id: str) -> Response:
        """Search for label errors in a field; flags that nobody judged are replaced."""
        access = access_project(request, project_id)
        data = SearchIn(data=request.data)
        data.is_valid(raise_exception=True)
        job = start_search(project=access.project, by=access.user, field=data.validated_data["field"])
        return Response(JobOutput(job).data, status=202)


class LabelErrorPrecision(APIView):
    @extend_schema(responses=PrecisionOut(many=True), operation_id="label_errors_precision")
    def get(self, request: Request, project_id: str) -> Response:
        """Per origin (model, crowd, both): the share of judged flags that were errors, and its interval."""
        access = access_project(request, project_id)
        check_query(request, ())
        return Response({"results": PrecisionOut(precisions(access.project), many=True).data})


class NextLabelError(APIView):
    @extend_schema(responses=NextFlagOut, operation_id="label_errors_next")
    def get(self, request: Request, project_id: str) -> Response:
        """The likeliest error that nobody judged, in a task that this person did not answer."""
        access = access_project(request, project_id)
        check_query(request, ())
        rows = LabelFlag.objects.filter(project=access.project, state=FlagState.OPEN).select_related("task")
        own = Annotation.objects.filter(project=access.project, user=access.user, is_fix=False)
        flag = rows.exclude(task__in=own.values("task")).order_by("score", "pk").first()
        return Response({**_with_item(access.project, flag), "left": rows.count()})


def _with_item(project: Project, flag: LabelFlag | None) -> JsonObject:
    if flag is None:
        return {"flag": None, "item": None, "value": None}
    value: Any = TaskSummary.objects.filter(task=flag.task_id).values_list("value", flat=True).first()
    (words,) = in_words(project, [flag])
    return {
        "flag": LabelFlagOut(words).data,
        "item": resolve(flag.task, project.ontology_id or 0).payload,
        "value": value or {},
    }


class LabelErrorJudgement(APIView):
    @extend_schema(request=VerdictIn, responses={200: LabelFlagOut}, operation_id="label_errors_judge")
    def post(self, request: Request, flag_id: str) -> Response:
        """Say whether the label is wrong. To set it right, adjudicate the task."""
        flag, access = access_row(request, LabelFlag.objects.select_related("task"), flag_id)
        data = VerdictIn(data=request.data)
        data.is_valid(raise_exception=True)
        judged = judge_flag(flag=flag, by=access.user, verdict=data.validated_data["verdict"])
        (words,) = in_words(access.project, [judged])
        return Response(LabelFlagOut(words).data)
