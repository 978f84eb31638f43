"""Seeded errors by REST: the plan, and catch rates with intervals."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import clean_id
from accounts.api.serializers import IdField, StrictSerializer, check_query
from accounts.errors import Missing
from accounts.replica import from_replica
from projects.access import ProjectAccess, access_project
from quality.reports.seeded_errors import catches, met_by, met_in_review, review_catches
from quality.services.seed_plans import plan_of, set_plan


class SeedPlanIn(StrictSerializer):
    prelabel_share = serializers.FloatField()
    review_share = serializers.FloatField(default=0.0)
    most_a_day = serializers.IntegerField(min_value=0, max_value=10_000)


class SeedPlanOut(serializers.Serializer[Any]):
    prelabel_share = serializers.FloatField()
    review_share = serializers.FloatField()
    most_a_day = serializers.IntegerField()


class CatchesOut(serializers.Serializer[Any]):
    """``rate`` of ``met`` was caught; ``low`` and ``high`` are Wilson's 95 %. ``kept``: left as shown."""

    user = IdField(source="user.pk")
    name = serializers.CharField(source="user.display_name")
    met = serializers.IntegerField()
    caught = serializers.IntegerField()
    kept = serializers.IntegerField()
    rate = serializers.FloatField()
    low = serializers.FloatField(source="interval.low")
    high = serializers.FloatField(source="interval.high")


class SeededErrorsOut(serializers.Serializer[Any]):
    plan = SeedPlanOut()
    annotators = CatchesOut(many=True)
    reviewers = CatchesOut(many=True)


class MetOut(serializers.Serializer[Any]):
    """A seeded error that somebody met; ``outcome``: caught, left as shown, or changed, still wrong.

    ``where``: pre-label or review. In review ``answered`` is the verdict, or what a fix says.
    """

    task = IdField(source="task_id")
    where = serializers.CharField()
    field = serializers.CharField()
    shown = serializers.CharField()
    answered = serializers.CharField()
    right = serializers.CharField()
    outcome = serializers.CharField()
    at = serializers.DateTimeField()


class SeededErrors(APIView):
    @extend_schema(responses=SeededErrorsOut, operation_id="seeded_errors")
    def get(self, request: Request, project_id: str) -> Response:
        """The plan, and per person how many seeded errors they met and caught."""
        access = access_project(request, project_id)
        check_query(request, ())
        return from_replica(lambda: _payload(access))

    @extend_schema(request=SeedPlanIn, responses=SeededErrorsOut, operation_id="seeded_errors_plan")
    def put(self, request: Request, project_id: str) -> Response:
        """Change how many errors are seeded; 0 turns it off."""
        access = access_project(request, project_id)
        data = SeedPlanIn(data=request.data)
        data.is_valid(raise_exception=True)
        set_plan(project=access.project, by=access.user, **data.validated_data)
        return _payload(access)


class SeededErrorsOfPerson(APIView):
    @extend_schema(responses=MetOut(many=True), operation_id="seeded_errors_person")
    def get(self, request: Request, project_id: str, user_id: str) -> Response:
        """The newest seeded errors that one person met, in pre-labels and in review: 200 of each at most."""
        access = access_project(request, project_id)
        check_query(request, ())
        members = access.project.memberships.select_related("user")
        member = members.filter(user=clean_id(user_id)).first()
        if member is None:
            raise Missing
        found = [*met_by(access.project, member.user), *met_in_review(access.project, member.user)]
        return Response({"results": MetOut(found, many=True).data})


def _payload(access: ProjectAccess) -> Response:
    found = {
        "plan": plan_of(access.project),
        "annotators": catches(access.project),
        "reviewers": review_catches(access.project),
    }
    return Response(SeededErrorsOut(found).data)
