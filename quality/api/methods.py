"""The methods that make answers one, and what another would change."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.serializers import IdField, check_query
from accounts.replica import from_replica
from projects.access import access_project
from quality.reports.methods import Comparison, changed_by, methods_of


class MethodOut(serializers.Serializer[Any]):
    """``changed``: tasks that would have another answer; null for the one in force, and before a full run."""

    name = serializers.CharField()
    title = serializers.CharField()
    about = serializers.CharField()
    in_force = serializers.BooleanField()
    changed = serializers.IntegerField(allow_null=True)


class ChangedOut(serializers.Serializer[Any]):
    """``now`` and ``then`` in titles; of a ranking or a multiple choice the least sure pair or option that
    would change, and how many ``more`` would."""

    task = IdField(source="item.task.pk")
    field = serializers.CharField()
    now = serializers.CharField()
    then = serializers.CharField()
    more = serializers.IntegerField()


class MethodsOut(serializers.Serializer[Any]):
    """``as_of``: when the full run began that the figures are of, ``run`` its job; null before the first, and
    where no job ran it. ``comparison``: ``current``; ``waiting``: a newer run is done, its comparison
    follows; ``stopped``: that failed or was cancelled; ``run``: another method was chosen, and a full run
    comes first; ``none``: nothing to compare yet. ``pending``: any of the three in between."""

    tasks = serializers.IntegerField()
    run = IdField(allow_null=True)
    as_of = serializers.DateTimeField(allow_null=True)
    comparison = serializers.ChoiceField(Comparison.values)
    pending = serializers.BooleanField()
    methods = MethodOut(many=True, source="rows")


class ConsensusMethods(APIView):
    @extend_schema(
        parameters=[OpenApiParameter("changed_by", str)],
        responses=MethodsOut,
        operation_id="consensus_methods",
    )
    def get(self, request: Request, project_id: str) -> Response:
        """All methods; with ``changed_by`` also the least sure tasks that this one would change."""
        access = access_project(request, project_id)
        check_query(request, ["changed_by"])
        body: dict[str, Any] = dict(from_replica(lambda: MethodsOut(methods_of(access.project)).data))
        if method := request.query_params.get("changed_by"):
            rows = from_replica(lambda: changed_by(access.project, method))
            body["changed"] = ChangedOut(rows, many=True).data
        return Response(body)
