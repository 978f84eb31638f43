"""How many answers, by whom."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.serializers import StrictSerializer, check_query
from accounts.errors import Conflict
from accounts.replica import from_replica
from projects.access import access_project
from projects.api.jobs import JobOutput
from quality.reports.overlap import overlap_report
from quality.reports.simulated import simulated
from quality.services import planning


class TakenOut(serializers.Serializer[Any]):
    answers = serializers.IntegerField()
    tasks = serializers.IntegerField()
    share = serializers.FloatField()


class PlanOut(serializers.Serializer[Any]):
    """Figures of finished tasks as of the last full run.

    ``saved``: answers not asked for, beside asking ``most`` people about every one of them; ``at_most``: how
    many tasks took that many; ``people`` may answer.
    """

    dynamic = serializers.BooleanField()
    least = serializers.IntegerField()
    most = serializers.IntegerField()
    until = serializers.FloatField()
    worth = serializers.FloatField()
    field = serializers.CharField()
    tasks = serializers.IntegerField()
    spent = serializers.IntegerField()
    saved = serializers.IntegerField()
    at_most = serializers.IntegerField()
    per_task = serializers.FloatField(allow_null=True)
    distribution = TakenOut(many=True)
    people = serializers.IntegerField()


class PlanIn(StrictSerializer):
    plan = serializers.IntegerField(min_value=0)


class OnePlan(serializers.Serializer[Any]):
    least = serializers.IntegerField()
    most = serializers.IntegerField()
    until = serializers.FloatField(required=False, default=0.95)
    worth = serializers.FloatField(required=False, default=0.0)


class SimulationIn(StrictSerializer):
    """All but the plans may be left out: then it is as the project is, and people as they were measured."""

    field = serializers.CharField(required=False)
    measured = serializers.BooleanField(required=False)
    people = serializers.IntegerField(required=False)
    accuracy = serializers.FloatField(required=False)
    spread = serializers.FloatField(required=False)
    shares = serializers.ListField(child=serializers.FloatField(), required=False)
    tasks = serializers.IntegerField(required=False)
    gold_share = serializers.FloatField(required=False)
    review_share = serializers.FloatField(required=False)
    plans = OnePlan(many=True, required=False)


class RangeOut(serializers.Serializer[Any]):
    mean = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()


class PlanRowOut(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    least = serializers.IntegerField(source="plan.least")
    most = serializers.IntegerField(source="plan.most")
    until = serializers.FloatField(source="plan.until")
    worth = serializers.FloatField(source="plan.worth")
    accuracy = RangeOut()
    answers = RangeOut()
    total = RangeOut()
    gold = serializers.FloatField()
    reviews = serializers.FloatField()
    at_most = serializers.FloatField()
    in_force = serializers.BooleanField()


class SimulationOut(serializers.Serializer[Any]):
    """``job``: the newest simulation; ``plans``: those of the newest that is done."""

    job = JobOutput(allow_null=True)
    plans = PlanRowOut(many=True, source="rows")


class PlanView(APIView):
    @extend_schema(responses=PlanOut, operation_id="plan_retrieve")
    def get(self, request: Request, project_id: str) -> Response:
        """How many answers tasks get, how many they took so far, and how many that saved."""
        access = access_project(request, project_id)
        check_query(request, ())
        return Response(from_replica(lambda: PlanOut(overlap_report(access.project)).data))

    @extend_schema(request=PlanIn, responses=PlanOut, operation_id="plan_apply")
    def post(self, request: Request, project_id: str) -> Response:
        """Make the plan with this number in the newest simulation the project's."""
        access = access_project(request, project_id)
        data = PlanIn(data=request.data)
        data.is_valid(raise_exception=True)
        setup = simulated(access.project).setup
        if setup is None:
            raise Conflict("There is no simulation to take a plan from.", code="no_simulation")
        number = data.validated_data["plan"]
        project = planning.apply_plan(project=access.project, by=access.user, setup=setup, number=number)
        return Response(PlanOut(overlap_report(project)).data)


class SimulationView(APIView):
    @extend_schema(responses=SimulationOut, operation_id="plan_simulation_retrieve")
    def get(self, request: Request, project_id: str) -> Response:
        """What each plan of the newest simulation would cost and reach, with intervals."""
        access = access_project(request, project_id)
        check_query(request, ())
        return Response(from_replica(lambda: SimulationOut(simulated(access.project)).data))

    @extend_schema(request=SimulationIn, responses={202: JobOutput}, operation_id="plan_simulation_start")
    def post(self, request: Request, project_id: str) -> Response:
        """Try plans on simulated people through the real inference; follow the job."""
        access = access_project(request, project_id)
        data = SimulationIn(data=request.data)
        data.is_valid(raise_exception=True)
        raw = {**data.validated_data}
        if "plans" in raw:
            raw["plans"] = [dict(plan) for plan in raw["plans"]]
        setup = planning.clean_setup(access.project, raw)
        job = planning.start_simulation(project=access.project, by=access.user, setup=setup)
        return Response(JobOutput(job).data, status=202)
