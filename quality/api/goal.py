"""A project's goal, and the plans proposed for it."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.serializers import IdField, StrictSerializer, check_query
from accounts.errors import Missing
from projects.access import ProjectAccess, access_project
from quality.api.plan import RangeOut
from quality.models import GoalStep
from quality.reports.goals import goal_report
from quality.services.goals import answers_given, apply_step, drop_goal, set_goal


class GoalIn(StrictSerializer):
    field = serializers.CharField(max_length=100)
    target = serializers.FloatField()
    budget = serializers.IntegerField(min_value=1, max_value=10**9)
    follows = serializers.BooleanField(default=False)


class StepIn(StrictSerializer):
    step = IdField()


class CrowdOut(serializers.Serializer[Any]):
    measured = serializers.BooleanField()
    people = serializers.IntegerField()
    accuracy = serializers.FloatField()
    tasks = serializers.IntegerField()


class StepOut(serializers.Serializer[Any]):
    """``verdict``: sure, likely or out_of_reach; ``cost`` counts answers, gold and reviews."""

    id = IdField()
    verdict = serializers.CharField()
    least = serializers.IntegerField()
    most = serializers.IntegerField()
    until = serializers.FloatField()
    gold_share = serializers.FloatField()
    review_share = serializers.FloatField()
    accuracy = RangeOut()
    cost = RangeOut()
    beyond = serializers.FloatField(allow_null=True)
    spent = serializers.IntegerField()
    crowd = CrowdOut()
    pilot = serializers.IntegerField()
    reasons = serializers.ListField(child=serializers.CharField())
    applied_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class GoalPart(serializers.Serializer[Any]):
    field = serializers.CharField()
    target = serializers.FloatField()
    budget = serializers.IntegerField()
    follows = serializers.BooleanField()


class GoalOut(serializers.Serializer[Any]):
    """``planning`` while ``job`` makes a new plan; ``steps`` are the plans so far, newest first."""

    goal = GoalPart(allow_null=True)
    spent = serializers.IntegerField()
    planning = serializers.BooleanField()
    job = IdField(allow_null=True)
    steps = StepOut(many=True)


class GoalView(APIView):
    @extend_schema(responses=GoalOut, operation_id="goal_retrieve")
    def get(self, request: Request, project_id: str) -> Response:
        """The goal (null while none is set), what was spent, and the plans proposed so far."""
        access = access_project(request, project_id)
        check_query(request, ())
        return _shown(access)

    @extend_schema(request=GoalIn, responses=GoalOut, operation_id="goal_set")
    def put(self, request: Request, project_id: str) -> Response:
        """State or change the goal: so right, for so many answers. A plan is proposed soon."""
        access = access_project(request, project_id)
        data = GoalIn(data=request.data)
        data.is_valid(raise_exception=True)
        set_goal(project=access.project, by=access.user, **data.validated_data)
        return _shown(access)

    @extend_schema(responses={204: None}, operation_id="goal_drop")
    def delete(self, request: Request, project_id: str) -> Response:
        """Forget the goal and its plans; what is in force stays."""
        access = access_project(request, project_id)
        drop_goal(project=access.project, by=access.user)
        return Response(status=204)


class GoalApply(APIView):
    @extend_schema(request=StepIn, responses=GoalOut, operation_id="goal_apply")
    def post(self, request: Request, project_id: str) -> Response:
        """Put the plan of this step in force; 409 if there is a newer one."""
        access = access_project(request, project_id)
        data = StepIn(data=request.data)
        data.is_valid(raise_exception=True)
        rows = GoalStep.objects.filter(goal__project=access.project).select_related("goal")
        step = rows.filter(pk=data.validated_data["step"]).first()
        if step is None:
            raise Missing
        apply_step(project=access.project, by=access.user, step=step)
        return _shown(access)


def _shown(access: ProjectAccess) -> Response:
    report = goal_report(access.project)
    shown = {
        "goal": report.goal if report else None,
        "spent": report.spent if report else answers_given(access.project),
        "planning": report is not None and report.unfinished is not None,
        "job": report.job.pk if report and report.job else None,
        "steps": report.steps if report else [],
    }
    return Response(GoalOut(shown).data)
