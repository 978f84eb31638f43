"""How many answers, by whom."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.serializers import check_query
from accounts.replica import from_replica
from projects.access import access_project
from quality.reports.overlap import overlap_report


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
    field = serializers.CharField()
    tasks = serializers.IntegerField()
    spent = serializers.IntegerField()
    saved = serializers.IntegerField()
    at_most = serializers.IntegerField()
    per_task = serializers.FloatField(allow_null=True)
    distribution = TakenOut(many=True)
    people = serializers.IntegerField()


class PlanView(APIView):
    @extend_schema(responses=PlanOut, operation_id="plan_retrieve")
    def get(self, request: Request, project_id: str) -> Response:
        """How many answers tasks get, how many they took so far, and how many that saved."""
        access = access_project(request, project_id)
        check_query(request, ())
        return Response(from_replica(lambda: PlanOut(overlap_report(access.project)).data))
