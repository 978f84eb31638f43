"""People to whom the sequential test on gold objects, and what a manager decides about them."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.serializers import IdField, StrictSerializer, check_query
from projects.access import access_project, access_row
from quality.models import AlarmState, GoldAlarm
from quality.services.alarms import Decision, decide_alarm
from quality.services.contests import LONGEST


class AlarmOut(serializers.Serializer[Any]):
    """``right`` of ``n`` answers of one test, its 95 % Wilson interval, and the terms of the test."""

    id = IdField()
    user = IdField(source="user_id")
    state = serializers.CharField()
    has_paused = serializers.BooleanField()
    n = serializers.IntegerField()
    right = serializers.IntegerField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    good = serializers.FloatField()
    bad = serializers.FloatField()
    error = serializers.FloatField()
    note = serializers.CharField()
    created_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)


class AlarmDecisionIn(StrictSerializer):
    decision = serializers.ChoiceField(choices=Decision.choices)
    note = serializers.CharField(required=False, default="", allow_blank=True, max_length=LONGEST)


class Alarms(GenericAPIView[GoldAlarm]):
    queryset = GoldAlarm.objects.none()
    serializer_class = AlarmOut

    @extend_schema(
        parameters=[OpenApiParameter("state", str, enum=AlarmState.values)],
        responses=AlarmOut(many=True),
        operation_id="alarms_list",
    )
    def get(self, request: Request, project_id: str) -> Response:
        """What the sequential test on gold found, newest first; ``?state=open`` waits for a decision."""
        access = access_project(request, project_id)
        check_query(request, ["state"])
        rows = GoldAlarm.objects.filter(project=access.project)
        if state := request.query_params.get("state"):
            if state not in AlarmState.values:
                raise ValidationError({"state": f"one of {', '.join(AlarmState.values)}"})
            rows = rows.filter(state=state)
        return self.get_paginated_response(AlarmOut(self.paginate_queryset(rows) or [], many=True).data)


class AlarmDecision(APIView):
    @extend_schema(request=AlarmDecisionIn, responses=AlarmOut, operation_id="alarm_decide")
    def post(self, request: Request, alarm_id: str) -> Response:
        """Confirm the pause, let the person go on with a new test, or send them to practice."""
        rows = GoldAlarm.objects.select_related("project", "user")
        alarm, access = access_row(request, rows, alarm_id)
        data = AlarmDecisionIn(data=request.data)
        data.is_valid(raise_exception=True)
        decided = decide_alarm(alarm=alarm, project=access.project, by=access.user, **data.validated_data)
        return Response(AlarmOut(decided).data)
