"""Figures of one person for managers, where they differ from consensus, and everybody's own figures."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import clean_id
from accounts.api.serializers import IdField, check_query
from accounts.errors import Missing
from accounts.replica import from_replica
from projects.access import access_project
from projects.models import Membership, Project
from quality.models import PersonFigure
from quality.reports.person import FieldFigures, PersonReport, differences, own_report, person_report

DIFFER_BY = ("field", "consensus", "answer", "option")


class ShareOut(serializers.Serializer[Any]):
    """A figure and its 95 % interval."""

    value = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()


class SpeedOut(serializers.Serializer[Any]):
    """Median ``seconds`` of ``answers``; ``ratio``: times as long as the others on the ``compared`` tasks."""

    answers = serializers.IntegerField()
    seconds = ShareOut(allow_null=True)
    compared = serializers.IntegerField()
    ratio = ShareOut(allow_null=True)


class WithOthersOut(ShareOut):
    """With the class that the others find most probable; ``corrected`` for chance (Cohen's kappa)."""

    items = serializers.IntegerField()
    corrected = ShareOut(allow_null=True)


class RecentOut(ShareOut):
    """Exponentially forgotten; ``effective`` is the number of answers that it is worth."""

    effective = serializers.FloatField()


class BiasOut(ShareOut):
    """Shares of the answers ``given`` and ``expected`` of this class; ``value`` is their difference."""

    label = serializers.CharField()  # type: ignore[assignment]  # a field, taken out of the class by DRF
    given = serializers.FloatField()
    expected = serializers.FloatField()
    q = serializers.FloatField()
    is_biased = serializers.BooleanField()


class PointOut(serializers.Serializer[Any]):
    """A block of answers, ``at`` the time of the last."""

    at = serializers.DateTimeField()
    right = serializers.IntegerField()
    n = serializers.IntegerField()
    accuracy = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()


class FieldFiguresOut(serializers.Serializer[Any]):
    field = serializers.CharField()
    agreement = WithOthersOut(source="data.agreement")
    recent = RecentOut(source="data.recent")
    bias = BiasOut(many=True, source="data.bias")
    history = PointOut(many=True, source="points")
    reasons = serializers.SerializerMethodField()

    def get_reasons(self, row: FieldFigures) -> list[str]:
        """Ids of the open reasons on this field."""
        return [str(reason.pk) for reason in row.reasons]


class LearnedOut(ShareOut):
    """``found``: share of what is there that the person draws; ``false``: drawings of nothing per object;
    ``noise`` (boxes, those around outlines): standard deviation of their edges, as a share of the size;
    ``boundary`` (segments): that of their starts and ends, in seconds."""

    name = serializers.CharField()


class LearnedFieldOut(serializers.Serializer[Any]):
    field = serializers.CharField()
    figures = LearnedOut(many=True)


class OptionLeansOut(serializers.Serializer[Any]):
    """``options``: shares of the answers in which each was chosen, and in which others would choose it."""

    field = serializers.CharField()
    options = BiasOut(many=True)


class WatchedPersonOut(serializers.Serializer[Any]):
    """``questions``: the figures on each field with one answer out of a list or scale; ``learned``: of boxes
    and spans, how many of them the person finds and invents, and how exactly they draw boxes; of numbers,
    how much more than the truth they say."""

    user = serializers.SerializerMethodField()
    computed_at = serializers.DateTimeField(allow_null=True)
    speed = SpeedOut(allow_null=True)
    questions = FieldFiguresOut(many=True)
    learned = LearnedFieldOut(many=True)
    multiple = OptionLeansOut(many=True)
    reasons = serializers.SerializerMethodField()

    def get_user(self, report: PersonReport) -> str:
        """The id that was asked for."""
        return str(self.context["user"])

    def get_reasons(self, report: PersonReport) -> list[str]:
        """Ids of the open reasons that are on no single field."""
        return [str(reason.pk) for reason in report.other_reasons]


class DifferentOut(serializers.Serializer[Any]):
    task = IdField()
    answer = serializers.CharField()
    consensus = serializers.CharField()


class OwnClassOut(serializers.Serializer[Any]):
    label = serializers.CharField()  # type: ignore[assignment]  # a field, taken out of the class by DRF
    right = serializers.IntegerField()
    n = serializers.IntegerField()
    accuracy = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()


class OwnFieldOut(serializers.Serializer[Any]):
    field = serializers.CharField()
    n = serializers.IntegerField()
    right = serializers.IntegerField()
    accuracy = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    history = PointOut(many=True)
    classes = OwnClassOut(many=True)


class OwnSecondsOut(ShareOut):
    """The median of one's own times."""

    answers = serializers.IntegerField()


class OwnOut(serializers.Serializer[Any]):
    questions = OwnFieldOut(many=True)
    seconds = OwnSecondsOut(allow_null=True)


def find_person(project: Project, user_id: str) -> int:
    """The id of somebody who is in the project or has figures in it; Missing for all others."""
    user = clean_id(user_id)
    here = Membership.objects.filter(project=project, user=user)
    if not here.exists() and not PersonFigure.objects.filter(project=project, user=user).exists():
        raise Missing
    return user


class Annotator(APIView):
    @extend_schema(responses=WatchedPersonOut, operation_id="annotator_get")
    def get(self, request: Request, project_id: str, user_id: str) -> Response:
        """One person: agreement with the others, recent accuracy, bias per class, history, speed, reasons."""
        access = access_project(request, project_id)
        check_query(request, ())
        user = find_person(access.project, user_id)
        report = from_replica(lambda: person_report(access.project, user))
        return Response(WatchedPersonOut(report, context={"user": user}).data)


class AnnotatorDifferences(APIView):
    @extend_schema(
        parameters=[OpenApiParameter(name, str) for name in DIFFER_BY],
        responses=DifferentOut(many=True),
        operation_id="annotator_differences",
    )
    def get(self, request: Request, project_id: str, user_id: str) -> Response:
        """The newest 200 tasks on which a person says something else than consensus, on one field.

        Of a multiple choice name an `option`: `answer` is then yes (chosen) or no.
        """
        access = access_project(request, project_id)
        check_query(request, DIFFER_BY)
        user = find_person(access.project, user_id)
        field, consensus, answer, option = (request.query_params.get(name, "") for name in DIFFER_BY)
        rows = from_replica(
            lambda: differences(
                access.project, user, field, consensus=consensus, answer=answer, option=option
            )
        )
        return Response({"results": DifferentOut(rows, many=True).data})


class OwnFigures(APIView):
    @extend_schema(responses=OwnOut, operation_id="own_figures")
    def get(self, request: Request, project_id: str) -> Response:
        """Your own accuracy as the others see it, over time and per class, and your own median seconds.

        In steps of twenty answers that are an hour old, without tasks whose answer is known; empty where the
        project shows no accuracy.
        """
        access = access_project(request, project_id)
        check_query(request, ())
        return Response(OwnOut(own_report(access.project, access.user.pk)).data)
