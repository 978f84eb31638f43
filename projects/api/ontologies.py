"""Ontology versions of a project."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.serializers import IdField, StrictSerializer, check_query
from labeltypes.ontology import parse_ontology
from projects.access import ProjectAccess, access_project, projects_of
from projects.api.jobs import JobOutput
from projects.ontology_checks import preview_change
from projects.services.ontologies import add_ontology


class OntologyInput(StrictSerializer):
    """``base``: the version that was edited; a newer one meanwhile is a 409 instead of being overwritten."""

    definition = serializers.JSONField()
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    base = serializers.IntegerField(required=False, min_value=0)


class CheckInput(StrictSerializer):
    definition = serializers.JSONField()


class CheckOutput(serializers.Serializer[object]):
    definition = serializers.JSONField()


class OntologyOutput(serializers.Serializer[Any]):
    id = IdField()
    version = serializers.IntegerField()
    definition = serializers.JSONField()
    note = serializers.CharField()
    created_at = serializers.DateTimeField()


class ChangeOutput(serializers.Serializer[Any]):
    kind = serializers.CharField()
    path = serializers.CharField()
    text = serializers.CharField()


class DryRunOutput(serializers.Serializer[Any]):
    """What a new version would do to the answers that are stored."""

    definition = serializers.JSONField()
    changes = ChangeOutput(many=True)
    checked = serializers.IntegerField(allow_null=True)
    invalid = serializers.IntegerField(allow_null=True)
    examples = serializers.ListField(child=serializers.DictField())
    job = JobOutput(allow_null=True)


class OntologyCheck(APIView):
    @extend_schema(request=CheckInput, responses=CheckOutput)
    def post(self, request: Request) -> Response:
        """Check an ontology without any project: 400 names every problem's path, 200 has it normalized."""
        projects_of(request)
        data = CheckInput(data=request.data)
        data.is_valid(raise_exception=True)
        return Response({"definition": parse_ontology(data.validated_data["definition"]).to_json()})


class Ontologies(APIView):
    @extend_schema(responses=OntologyOutput(many=True))
    def get(self, request: Request, project_id: str) -> Response:
        """All versions of the ontology; the newest comes first and is the current one."""
        access = access_project(request, project_id)
        versions = access.project.ontologies.order_by("-version")
        return Response({"results": OntologyOutput(versions, many=True).data})

    @extend_schema(
        request=OntologyInput,
        responses={200: DryRunOutput, 201: OntologyOutput, 202: DryRunOutput},
        parameters=[OpenApiParameter("dry_run", bool, description="Say what would change, save nothing.")],
    )
    def post(self, request: Request, project_id: str) -> Response:
        """Save a new version, or with ``?dry_run=true`` say how many stored answers it would invalidate.

        With more than 20,000 answers a dry run is a job (202): ``checked`` and ``invalid`` are null, and the
        job's result has ``checked``, ``invalid`` and ``examples`` when it is done.
        """
        access = access_project(request, project_id)
        check_query(request, ("dry_run",))
        data = OntologyInput(data=request.data)
        data.is_valid(raise_exception=True)
        dry_run = request.query_params.get("dry_run", "false")
        if dry_run not in {"true", "false"}:
            raise exceptions.ValidationError({"dry_run": "must be true or false"})
        if dry_run == "true":
            return _previewed(access, data.validated_data["definition"])
        version = add_ontology(project=access.project, by=access.user, **data.validated_data)
        return Response(OntologyOutput(version).data, status=201)


def _previewed(access: ProjectAccess, definition: Any) -> Response:
    found = preview_change(project=access.project, definition=definition, by=access.user)
    return Response(DryRunOutput(found).data, status=202 if found["job"] else 200)
