"""Gold that waits among the settled tasks."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.serializers import IdField, StrictSerializer, check_query
from projects.access import access_project
from quality.services.mining import LEAST_PEOPLE, LOOKED_AT, MOST, THRESHOLD, approve, candidates


class CandidateOut(serializers.Serializer[Any]):
    task = IdField(source="task_id")
    value = serializers.JSONField(source="summary.value")
    probability = serializers.FloatField(source="summary.probability")
    people = serializers.IntegerField(help_text="trusted people who gave this answer")
    label = serializers.CharField()  # type: ignore[assignment]  # a field, taken out of the class by DRF


class BoundsIn(serializers.Serializer[Any]):
    threshold = serializers.FloatField(min_value=THRESHOLD, max_value=1, default=THRESHOLD)
    people = serializers.IntegerField(min_value=LEAST_PEOPLE, max_value=100, default=LEAST_PEOPLE)


class ApprovalIn(StrictSerializer):
    tasks = serializers.ListField(child=IdField(), min_length=1, max_length=LOOKED_AT)


class ApprovalOut(serializers.Serializer[Any]):
    made = serializers.IntegerField()


class MinedGold(APIView):
    @extend_schema(
        parameters=[OpenApiParameter("threshold", float), OpenApiParameter("people", int)],
        responses=CandidateOut(many=True),
        operation_id="mined_gold_list",
    )
    def get(self, request: Request, project_id: str) -> Response:
        """Settled tasks that would make gold: surer than ``threshold``, by so many trusted ``people``."""
        access = access_project(request, project_id)
        check_query(request, ["threshold", "people"])
        bounds = BoundsIn(data=request.query_params.dict())
        bounds.is_valid(raise_exception=True)
        found = candidates(access.project, most=MOST, **bounds.validated_data)
        return Response({"results": CandidateOut(found, many=True).data})

    @extend_schema(request=ApprovalIn, responses={201: ApprovalOut}, operation_id="mined_gold_approve")
    def post(self, request: Request, project_id: str) -> Response:
        """Make these candidates gold; 400 if one is none, and then none is made."""
        access = access_project(request, project_id)
        data = ApprovalIn(data=request.data)
        data.is_valid(raise_exception=True)
        made = approve(project=access.project, task_ids=data.validated_data["tasks"], by=access.user)
        return Response(ApprovalOut({"made": made}).data, status=201)
