"""Voluntary questions, one's own answers, and figures by group."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import access_organization, clean_id, signed_in
from accounts.api.serializers import IdField, StrictSerializer, check_query
from accounts.errors import Missing
from accounts.models import OrganizationRole, Scope
from accounts.replica import from_replica
from projects.access import access_project
from quality.models import GroupQuestion
from quality.models.group import LEAST_PEOPLE
from quality.reports.annotator_groups import group_tables
from quality.services.group_questions import (
    define_question,
    drop_question,
    own_answers,
    questions_of,
    state,
    withdraw,
)

OWNER = OrganizationRole.OWNER


class QuestionIn(StrictSerializer):
    name = serializers.CharField(max_length=200)
    options = serializers.ListField(child=serializers.CharField(max_length=200), max_length=50)
    least = serializers.IntegerField(default=LEAST_PEOPLE, min_value=0, max_value=10**6)
    in_exports = serializers.BooleanField(default=False)


class QuestionOut(serializers.Serializer[Any]):
    """``mine``: what the reader has said, null for nothing. Nobody is told what others said."""

    id = IdField()
    name = serializers.CharField()
    options = serializers.ListField(child=serializers.CharField())
    least = serializers.IntegerField()
    in_exports = serializers.BooleanField()
    mine = serializers.CharField(allow_null=True)


class StatedIn(StrictSerializer):
    """By question id; an empty text takes an answer back."""

    answers = serializers.DictField(child=serializers.CharField(allow_blank=True, max_length=80))


class GroupRowOut(serializers.Serializer[Any]):
    """``people``: at least so many. ``adjusted``: p of Welch's test, for the number of tests."""

    group = serializers.CharField()
    people = serializers.IntegerField()
    mean = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    p = serializers.FloatField(allow_null=True)
    adjusted = serializers.FloatField(allow_null=True)
    differs = serializers.BooleanField()


class GroupMeasureOut(serializers.Serializer[Any]):
    kind = serializers.CharField()
    field = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field, taken out of the class by DRF
    title = serializers.CharField()
    rows = GroupRowOut(many=True)


class GroupTableOut(serializers.Serializer[Any]):
    """No measures where a group, or those who said nothing, are fewer than ``least``."""

    name = serializers.CharField()
    least = serializers.IntegerField()
    measures = GroupMeasureOut(many=True)


class GroupTablesOut(serializers.Serializer[Any]):
    questions = GroupTableOut(many=True)
    tests = serializers.IntegerField()


class AboutMe(APIView):
    @extend_schema(responses=QuestionOut(many=True), operation_id="about_me")
    def get(self, request: Request, organization_id: str) -> Response:
        """What the organization asks, and what you have said of yourself."""
        organization = access_organization(request, organization_id)
        check_query(request, ())
        mine = own_answers(organization, signed_in(request))
        rows = [_told(one, mine.get(one.pk)) for one in questions_of(organization)]
        return Response({"results": QuestionOut(rows, many=True).data})

    @extend_schema(request=StatedIn, responses={204: None}, operation_id="about_me_state")
    def put(self, request: Request, organization_id: str) -> Response:
        """Say something of yourself, of your own will."""
        organization = access_organization(request, organization_id)
        data = StatedIn(data=request.data)
        data.is_valid(raise_exception=True)
        answers = {clean_id(number): option for number, option in data.validated_data["answers"].items()}
        state(organization=organization, user=signed_in(request), answers=answers)
        return Response(status=204)

    @extend_schema(responses={204: None}, operation_id="about_me_withdraw")
    def delete(self, request: Request, organization_id: str) -> Response:
        """Take everything back."""
        withdraw(organization=access_organization(request, organization_id), user=signed_in(request))
        return Response(status=204)


class GroupQuestions(APIView):
    @extend_schema(request=QuestionIn, responses={201: QuestionOut}, operation_id="group_question_ask")
    def post(self, request: Request, organization_id: str) -> Response:
        """Ask people something about themselves; for owners."""
        organization = access_organization(request, organization_id, role=OWNER, scope=Scope.MANAGE)
        data = QuestionIn(data=request.data)
        data.is_valid(raise_exception=True)
        made = define_question(organization=organization, by=signed_in(request), **data.validated_data)
        return Response(QuestionOut(_told(made, None)).data, status=201)


class GroupQuestionView(APIView):
    @extend_schema(responses={204: None}, operation_id="group_question_drop")
    def delete(self, request: Request, organization_id: str, question_id: str) -> Response:
        """Ask it no more; all answers to it go."""
        organization = access_organization(request, organization_id, role=OWNER, scope=Scope.MANAGE)
        question = GroupQuestion.objects.filter(organization=organization, pk=clean_id(question_id)).first()
        if question is None:
            raise Missing
        drop_question(question=question, by=signed_in(request))
        return Response(status=204)


class AnnotatorGroups(APIView):
    @extend_schema(responses=GroupTablesOut, operation_id="annotator_groups")
    def get(self, request: Request, project_id: str) -> Response:
        """Label rates, agreement and errors by group, where every group is large enough."""
        access = access_project(request, project_id)
        check_query(request, ())
        return from_replica(lambda: Response(GroupTablesOut(group_tables(access.project)).data))


def _told(question: GroupQuestion, mine: str | None) -> dict[str, Any]:
    names = {"name": question.name, "options": question.options, "least": question.least}
    return {"id": question.pk, **names, "in_exports": question.in_exports, "mine": mine}
