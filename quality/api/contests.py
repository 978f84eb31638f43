"""Contests of gold answers: annotators make them, whoever makes gold decides them."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.serializers import IdField, StrictSerializer, check_query
from annotate.models import Annotation
from projects.access import access_project, access_row
from quality.models import ContestState, GoldContest
from quality.services.contests import LONGEST, contest
from quality.services.verdicts import Verdict, decide


class ContestIn(StrictSerializer):
    reason = serializers.CharField(max_length=LONGEST)


class OwnContestOut(serializers.Serializer[Any]):
    id = IdField()
    annotation = IdField(source="annotation_id")
    reason = serializers.CharField()
    state = serializers.CharField()
    explanation = serializers.CharField()
    created_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)


class ContestOut(OwnContestOut):
    """``answer`` is the contested one; who gave it is left out, because the answer is what is judged."""

    task = IdField(source="gold.task_id")
    answer = serializers.JSONField()
    accepted = serializers.JSONField(source="gold.answers")
    graded = serializers.IntegerField(source="gold.graded")
    missed = serializers.IntegerField(source="gold.missed")
    contested = serializers.IntegerField(source="gold.contested")


class DecisionIn(StrictSerializer):
    """``answers`` with ``correct`` only; ``explanation`` must be there with ``uphold``."""

    verdict = serializers.ChoiceField(choices=Verdict.choices)
    answers = serializers.ListField(child=serializers.JSONField(), required=False)
    explanation = serializers.CharField(required=False, default="", allow_blank=True, max_length=LONGEST)


class ContestAnnotation(APIView):
    @extend_schema(request=ContestIn, responses={201: OwnContestOut}, operation_id="contest")
    def post(self, request: Request, annotation_id: str) -> Response:
        """Contest the known answer that one was shown after a miss; 409 where none was shown."""
        annotation, access = access_row(request, Annotation.objects.filter(is_fix=False), annotation_id)
        data = ContestIn(data=request.data)
        data.is_valid(raise_exception=True)
        reason = data.validated_data["reason"]
        made = contest(annotation=annotation, project=access.project, by=access.user, reason=reason)
        return Response(OwnContestOut(made).data, status=201)


class OwnContests(GenericAPIView[GoldContest]):
    queryset = GoldContest.objects.none()
    serializer_class = OwnContestOut

    @extend_schema(responses=OwnContestOut(many=True), operation_id="contests_own")
    def get(self, request: Request, project_id: str) -> Response:
        """One's own contests and what became of them, newest first."""
        access = access_project(request, project_id)
        check_query(request, ())
        rows = GoldContest.objects.filter(project=access.project, user=access.user)
        return self.get_paginated_response(OwnContestOut(self.paginate_queryset(rows) or [], many=True).data)


class Contests(GenericAPIView[GoldContest]):
    queryset = GoldContest.objects.none()
    serializer_class = ContestOut

    @extend_schema(
        parameters=[OpenApiParameter("state", str, enum=ContestState.values)],
        responses=ContestOut(many=True),
        operation_id="contests_list",
    )
    def get(self, request: Request, project_id: str) -> Response:
        """All contests, or those in a state, newest first; without who contests."""
        access = access_project(request, project_id)
        check_query(request, ["state"])
        rows = GoldContest.objects.filter(project=access.project).select_related("gold")
        if state := request.query_params.get("state"):
            if state not in ContestState.values:
                raise ValidationError({"state": f"one of {', '.join(ContestState.values)}"})
            rows = rows.filter(state=state)
        return self.get_paginated_response(ContestOut(self.paginate_queryset(rows) or [], many=True).data)


class ContestDecision(APIView):
    @extend_schema(request=DecisionIn, responses=ContestOut, operation_id="contest_decide")
    def post(self, request: Request, contest_id: str) -> Response:
        """Uphold the gold, accept the contested answer too or alone, correct, or retire the item.

        Everybody who was graded on a corrected item is graded anew; a retired one counts for nobody.
        """
        found, access = access_row(request, GoldContest.objects.all(), contest_id)
        data = DecisionIn(data=request.data)
        data.is_valid(raise_exception=True)
        decided = decide(contest=found, project=access.project, by=access.user, **data.validated_data)
        return Response(ContestOut(decided).data)
