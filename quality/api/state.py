"""How right the labels are, where they are weakest, what to do next."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.serializers import check_query
from accounts.replica import from_replica
from projects.access import Capability, access_project
from quality.reports.state import state_of


class HeadlineOut(serializers.Serializer[Any]):
    """``basis``: audit, review, model, or empty where nothing is known; a share with its 95 % interval."""

    basis = serializers.CharField()
    value = serializers.FloatField(source="estimate.value", allow_null=True)
    low = serializers.FloatField(source="estimate.low", allow_null=True)
    high = serializers.FloatField(source="estimate.high", allow_null=True)
    n = serializers.IntegerField(source="estimate.n")
    method = serializers.CharField(source="estimate.method")


class WeakOut(serializers.Serializer[Any]):
    """``kind``: class, slice, person (managers only) or guideline; ``url``: where it is looked at.

    ``field``: the title of the question, where the project asks several.
    """

    kind = serializers.CharField()
    title = serializers.CharField()
    value = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    n = serializers.IntegerField()
    url = serializers.CharField()
    method = serializers.CharField()
    field = serializers.CharField()


class NextStepOut(serializers.Serializer[Any]):
    words = serializers.CharField()
    count = serializers.CharField()
    url = serializers.CharField()


class StateOut(serializers.Serializer[Any]):
    headline = HeadlineOut()
    weak = WeakOut(many=True)
    steps = NextStepOut(many=True)


class QualityState(APIView):
    @extend_schema(responses=StateOut, operation_id="quality_retrieve")
    def get(self, request: Request, project_id: str) -> Response:
        """The best estimate of how right the labels are, the weakest spots, and what to do next."""
        access = access_project(request, project_id)
        check_query(request, ())
        names = access.can(Capability.SEE_PEOPLE)

        def read() -> Any:
            return state_of(access.project, user=access.user, rights=access.rights, names=names)

        return Response(StateOut(from_replica(read)).data)
