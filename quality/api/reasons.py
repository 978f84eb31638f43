"""Reasons to look at somebody's answers, and the figures behind them, per person and of oneself."""

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
from quality.models import Reason, ReasonKind, ReasonState
from quality.services.contests import LONGEST
from quality.services.reasons import VERDICTS, settle_reason

FILTERS = {"state": ReasonState.values, "kind": ReasonKind.values}


class LookReasonOut(serializers.Serializer[Any]):
    """``n`` answers or common tasks; ``q``: ``p`` adjusted for all that were tested; null for drift."""

    id = IdField()
    kind = serializers.CharField()
    field = serializers.CharField()
    user = IdField(source="user_id")
    other = IdField(source="other_id", allow_null=True)
    state = serializers.CharField()
    n = serializers.IntegerField()
    p = serializers.FloatField(allow_null=True)
    q = serializers.FloatField(allow_null=True)
    evidence = serializers.JSONField()
    tasks = serializers.ListField(child=serializers.CharField())
    note = serializers.CharField()
    created_at = serializers.DateTimeField()
    seen_at = serializers.DateTimeField()
    settled_at = serializers.DateTimeField(allow_null=True)
    settled_by = IdField(source="settled_by_id", allow_null=True)


class ReasonVerdictIn(StrictSerializer):
    verdict = serializers.ChoiceField(choices=[(each.value, each.label) for each in VERDICTS])
    note = serializers.CharField(required=False, default="", allow_blank=True, max_length=LONGEST)


class Reasons(GenericAPIView[Reason]):
    queryset = Reason.objects.none()
    serializer_class = LookReasonOut

    @extend_schema(
        parameters=[OpenApiParameter(name, str, enum=values) for name, values in FILTERS.items()],
        responses=LookReasonOut(many=True),
        operation_id="reasons_list",
    )
    def get(self, request: Request, project_id: str) -> Response:
        """Reasons to look at somebody's answers, newest first; `?state=open` waits for a person."""
        access = access_project(request, project_id)
        check_query(request, list(FILTERS))
        rows = Reason.objects.filter(project=access.project)
        for name, values in FILTERS.items():
            if given := request.query_params.get(name):
                if given not in values:
                    raise ValidationError({name: f"one of {', '.join(values)}"})
                rows = rows.filter(**{name: given})
        return self.get_paginated_response(LookReasonOut(self.paginate_queryset(rows) or [], many=True).data)


class OneReason(APIView):
    @extend_schema(responses=LookReasonOut, operation_id="reason_get")
    def get(self, request: Request, reason_id: str) -> Response:
        """One reason with its evidence and the tasks that show it."""
        reason, _ = access_row(request, Reason.objects.all(), reason_id)
        return Response(LookReasonOut(reason).data)


class ReasonVerdict(APIView):
    @extend_schema(request=ReasonVerdictIn, responses=LookReasonOut, operation_id="reason_settle")
    def post(self, request: Request, reason_id: str) -> Response:
        """Say that you have looked: fine, talk, other or requiz (these two with a note).

        Nothing follows but from `requiz`, for `drift` and `quiz`: it withdraws the person's certificate, and
        they read the note.
        """
        reason, access = access_row(request, Reason.objects.select_related("user"), reason_id)
        data = ReasonVerdictIn(data=request.data)
        data.is_valid(raise_exception=True)
        found = settle_reason(reason=reason, project=access.project, by=access.user, **data.validated_data)
        return Response(LookReasonOut(found).data)
