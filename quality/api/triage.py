"""Triage by REST: what thresholds would give."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.serializers import StrictSerializer, check_query
from accounts.errors import DomainError, FieldError
from accounts.replica import from_replica
from projects.access import ProjectAccess, access_project
from projects.api.jobs import JobOutput
from quality.reports.triage import CONFIDENCE, measure_of, outlook
from quality.services.triage_measure import start_measure

TARGET = 0.01


class MeasureIn(StrictSerializer):
    """Empty: the first fitting field, the model with the newest scores."""

    field = serializers.CharField(required=False, default="", max_length=100, allow_blank=True)
    model = serializers.CharField(required=False, default="", max_length=100, allow_blank=True)
    version = serializers.CharField(required=False, default="", max_length=100, allow_blank=True)


class PointOut(serializers.Serializer[Any]):
    """At this threshold: share of all scores, waiting tasks, checked answers and how many of them wrong."""

    threshold = serializers.FloatField()
    share = serializers.FloatField()
    waiting = serializers.IntegerField()
    checked = serializers.IntegerField()
    wrong = serializers.IntegerField()
    low = serializers.FloatField()
    high = serializers.FloatField()


class TriageClassOut(serializers.Serializer[Any]):
    """``threshold``: null where no answer of the class may be accepted; ``why`` says why."""

    name = serializers.CharField(source="code")
    threshold = serializers.FloatField(source="choice.threshold", allow_null=True)
    accepted = serializers.IntegerField()
    waiting = serializers.IntegerField()
    checked = serializers.IntegerField(source="choice.checked")
    needed = serializers.IntegerField(source="choice.needed")
    is_critical = serializers.BooleanField()
    why = serializers.CharField()
    curve = serializers.SerializerMethodField()

    def get_curve(self, row: Any) -> list[dict[str, Any]]:
        """Strictest threshold first; ``low`` and ``high`` are Clopper-Pearson's for it alone."""
        return [
            {
                "threshold": point.threshold,
                "share": point.share,
                "waiting": point.waiting,
                "checked": point.checked,
                "wrong": point.wrong,
                "low": point.interval(CONFIDENCE).low,
                "high": point.interval(CONFIDENCE).high,
            }
            for point in row.points
        ]


class TriageOut(serializers.Serializer[Any]):
    """``accepted`` of ``waiting`` tasks would be the model's at this target; ``chosen``: answers left out."""

    field = serializers.CharField(source="measured.field")
    model = serializers.CharField(source="measured.model")
    version = serializers.CharField(source="measured.version")
    computed_at = serializers.DateTimeField(source="measured.computed_at")
    people = serializers.IntegerField(source="measured.data.people")
    gold = serializers.IntegerField(source="measured.data.gold")
    chosen = serializers.IntegerField(source="measured.data.chosen")
    waiting = serializers.IntegerField()
    scored = serializers.IntegerField()
    accepted = serializers.IntegerField()
    share = serializers.FloatField(allow_null=True)
    classes = TriageClassOut(source="rows", many=True)


class TriageAnswer(serializers.Serializer[Any]):
    """``outlook``: null before the first measurement."""

    target = serializers.FloatField()
    confidence = serializers.FloatField()
    outlook = TriageOut(allow_null=True)


def read_target(text: str) -> float:
    """A share in (0, 0.5]; raises DomainError."""
    try:
        target = float(text)
    except ValueError:
        target = 0.0
    if not 0.0005 <= target <= 0.5:
        raise DomainError(
            "This target cannot be.", fields=[FieldError("target", "a share from 0.0005 to 0.5")]
        )
    return target


class Triage(APIView):
    @extend_schema(
        parameters=[
            OpenApiParameter("target", float, description="Error that may be reached; 0.01 unless given."),
            OpenApiParameter("critical", str, many=True, description="Classes that are never accepted."),
        ],
        responses=TriageAnswer,
        operation_id="triage",
    )
    def get(self, request: Request, project_id: str) -> Response:
        """What accepting a model's answers above a threshold would give, per class."""
        access = access_project(request, project_id)
        check_query(request, ("target", "critical"))
        target = read_target(request.query_params.get("target", str(TARGET)))
        critical = frozenset(request.query_params.getlist("critical"))
        return from_replica(lambda: _payload(access, target, critical))

    @extend_schema(request=MeasureIn, responses={202: JobOutput}, operation_id="triage_measure")
    def post(self, request: Request, project_id: str) -> Response:
        """Measure a model's scores against what is known by now; the last measurement is replaced."""
        access = access_project(request, project_id)
        data = MeasureIn(data=request.data)
        data.is_valid(raise_exception=True)
        job = start_measure(project=access.project, by=access.user, **data.validated_data)
        return Response(JobOutput(job).data, status=202)


def _payload(access: ProjectAccess, target: float, critical: frozenset[str]) -> Response:
    measured = measure_of(access.project)
    found = None if measured is None else outlook(access.project, measured, target, critical)
    return Response(TriageAnswer({"target": target, "confidence": CONFIDENCE, "outlook": found}).data)
