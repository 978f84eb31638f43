"""Triage by REST: what thresholds would give, the promise in force, and the way back."""

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
from quality.reports.triage_run import run_report
from quality.services import triage
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
    """``accepted`` of ``waiting`` tasks would be the model's at this target; ``chosen``: answers left out.

    ``for_experts``: by twentieths of the score.
    """

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
    for_experts = serializers.IntegerField()
    by_people = serializers.IntegerField()
    share = serializers.FloatField(allow_null=True)
    classes = TriageClassOut(source="rows", many=True)


class TriageRunClassOut(serializers.Serializer[Any]):
    """``audited`` tasks were kept for people; of ``checked`` settled ones so many are ``wrong``.

    That share has its 95 % Clopper-Pearson interval; the alarm goes by ``bound``: the error is at least this,
    at any time.
    """

    name = serializers.CharField(source="row.code")
    state = serializers.CharField(source="row.state")
    threshold = serializers.FloatField(source="row.threshold", allow_null=True)
    tasks = serializers.IntegerField(source="with_model")
    put_back = serializers.IntegerField(source="row.put_back")
    audited = serializers.IntegerField(source="row.audited")
    checked = serializers.IntegerField(source="audit.checked")
    wrong = serializers.IntegerField(source="audit.wrong")
    error = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(source="interval.low", allow_null=True, default=None)
    high = serializers.FloatField(source="interval.high", allow_null=True, default=None)
    bound = serializers.SerializerMethodField()
    alarm_at = serializers.DateTimeField(source="row.alarm_at", allow_null=True)

    def get_bound(self, row: Any) -> float:
        """Above the target the alarm goes."""
        return float(row.low)


class TierOut(serializers.Serializer[Any]):
    """``answers`` and ``hours`` of people; ``error`` in [0, 1] with its 95 % interval, by ``basis``."""

    name = serializers.CharField()
    tasks = serializers.IntegerField()
    answers = serializers.IntegerField()
    hours = serializers.FloatField()
    error = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    basis = serializers.CharField()


class TriageRunOut(serializers.Serializer[Any]):
    """``saved``: answers of people that were not needed, and the hours they would have taken."""

    field = serializers.CharField(source="run.field")
    model = serializers.CharField(source="run.model")
    version = serializers.CharField(source="run.version")
    target = serializers.FloatField(source="run.target")
    confidence = serializers.FloatField(source="run.confidence")
    audit_share = serializers.FloatField(source="run.audit_share")
    critical = serializers.ListField(source="run.critical", child=serializers.CharField())
    expert_below = serializers.FloatField(source="run.expert_below", allow_null=True)
    to_experts = serializers.IntegerField(source="run.to_experts")
    created_at = serializers.DateTimeField(source="run.created_at")
    saved = serializers.IntegerField()
    hours_saved = serializers.FloatField()
    classes = TriageRunClassOut(many=True)
    tiers = TierOut(many=True)


class TriageStartIn(StrictSerializer):
    target = serializers.FloatField()
    critical = serializers.ListField(
        child=serializers.CharField(max_length=200), default=list, max_length=10_000
    )
    audit_share = serializers.FloatField(default=triage.AUDIT_SHARE)
    expert_below = serializers.FloatField(default=None, allow_null=True)


class TriageBackIn(StrictSerializer):
    """``classes``: empty puts all of them back and ends the run."""

    classes = serializers.ListField(
        child=serializers.CharField(max_length=200), default=list, max_length=10_000
    )


class TriageAnswer(serializers.Serializer[Any]):
    """``outlook``: null before the first measurement. ``run``: the promise in force, null without one."""

    target = serializers.FloatField()
    confidence = serializers.FloatField()
    outlook = TriageOut(allow_null=True)
    run = TriageRunOut(allow_null=True)


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


def read_limit(text: str) -> float | None:
    """A score in [0, 1], None for no text; raises DomainError."""
    if not text:
        return None
    try:
        limit = float(text)
    except ValueError:
        limit = -1.0
    if not 0 <= limit <= 1:
        raise DomainError("This limit cannot be.", fields=[FieldError("expert_below", "a score from 0 to 1")])
    return limit


class Triage(APIView):
    @extend_schema(
        parameters=[
            OpenApiParameter("target", float, description="Error that may be reached; 0.01 unless given."),
            OpenApiParameter("critical", str, many=True, description="Classes that are never accepted."),
            OpenApiParameter(
                "expert_below",
                float,
                description="Experts get critical classes and scores below this; no experts unless given.",
            ),
        ],
        responses=TriageAnswer,
        operation_id="triage",
    )
    def get(self, request: Request, project_id: str) -> Response:
        """What accepting a model's answers above a threshold would give, per class."""
        access = access_project(request, project_id)
        check_query(request, ("target", "critical", "expert_below"))
        target = read_target(request.query_params.get("target", str(TARGET)))
        critical = frozenset(request.query_params.getlist("critical"))
        below = read_limit(request.query_params.get("expert_below", ""))
        return from_replica(lambda: _payload(access, target, critical, below))

    @extend_schema(request=MeasureIn, responses={202: JobOutput}, operation_id="triage_measure")
    def post(self, request: Request, project_id: str) -> Response:
        """Measure a model's scores against what is known by now; the last measurement is replaced."""
        access = access_project(request, project_id)
        data = MeasureIn(data=request.data)
        data.is_valid(raise_exception=True)
        job = start_measure(project=access.project, by=access.user, **data.validated_data)
        return Response(JobOutput(job).data, status=202)


class TriageRunView(APIView):
    @extend_schema(request=TriageStartIn, responses={202: JobOutput}, operation_id="triage_start")
    def post(self, request: Request, project_id: str) -> Response:
        """Leave to the model what the last measurement allows at this target; follow the job."""
        access = access_project(request, project_id)
        data = TriageStartIn(data=request.data)
        data.is_valid(raise_exception=True)
        run = triage.start_run(project=access.project, by=access.user, **data.validated_data)
        return Response(JobOutput(run.job).data, status=202)

    @extend_schema(responses={204: None}, operation_id="triage_end")
    def delete(self, request: Request, project_id: str) -> Response:
        """Let the promise go: what was accepted stays, and nobody watches it."""
        access = access_project(request, project_id)
        triage.end_run(project=access.project, by=access.user)
        return Response(status=204)


class TriageMore(APIView):
    @extend_schema(request=None, responses={202: JobOutput}, operation_id="triage_more")
    def post(self, request: Request, project_id: str) -> Response:
        """Leave to the model what has come in since, under the promise in force."""
        access = access_project(request, project_id)
        job = triage.accept_more(project=access.project, by=access.user)
        return Response(JobOutput(job).data, status=202)


class TriageBack(APIView):
    @extend_schema(request=TriageBackIn, responses={202: JobOutput}, operation_id="triage_back")
    def post(self, request: Request, project_id: str) -> Response:
        """Have people answer after all what was left to the model."""
        access = access_project(request, project_id)
        data = TriageBackIn(data=request.data)
        data.is_valid(raise_exception=True)
        job = triage.put_back(project=access.project, by=access.user, **data.validated_data)
        return Response(JobOutput(job).data, status=202)


def _payload(access: ProjectAccess, target: float, critical: frozenset[str], below: float | None) -> Response:
    measured, run = measure_of(access.project), triage.active_run(access.project)
    found = None if measured is None else outlook(access.project, measured, target, critical, below)
    said = {
        "target": target,
        "confidence": CONFIDENCE,
        "outlook": found,
        "run": run and run_report(access.project, run),
    }
    return Response(TriageAnswer(said).data)
