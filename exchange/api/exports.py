"""Data out: at once as a download, or as a job that leaves a file."""

from typing import Any

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.pagination import CursorPagination
from accounts.api.serializers import check_query
from accounts.errors import Conflict
from exchange.exporting.request import PARAMETERS
from exchange.services.exports import (
    KIND,
    losses_of,
    open_export,
    request_for,
    start_export,
    stream_export,
)
from formats.registry import writers
from projects.access import access_project, access_row
from projects.api.jobs import JobOutput
from projects.models import Job

QUERY = [OpenApiParameter(name, str) for name in PARAMETERS]


class OwnFormat(BaseContentNegotiation):
    """``format`` names the file's format here, not that of the answer."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        """The first that reads what was sent."""
        return next((one for one in parsers if one.media_type in (request.content_type or "")), None)

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        """JSON."""
        return renderers[0], renderers[0].media_type


class ExportInput(serializers.Serializer[Any]):
    """The same names as in the address of a download; what is wrong is refused there and here alike."""

    format = serializers.ChoiceField(tuple(writers()), default="jsonl")
    answers = serializers.ChoiceField(["final", "all"], required=False)
    state = serializers.ListField(child=serializers.CharField(), required=False)
    min_probability = serializers.FloatField(required=False)
    reviewed = serializers.BooleanField(required=False)
    names = serializers.BooleanField(required=False)
    images = serializers.BooleanField(required=False)
    soft = serializers.BooleanField(required=False)
    groups = serializers.BooleanField(required=False)
    since = serializers.DateTimeField(required=False)


class LossesOutput(serializers.Serializer[Any]):
    """Per format what it cannot hold, in words."""

    losses = serializers.DictField()


class Export(APIView):
    """The download."""

    content_negotiation_class = OwnFormat

    @extend_schema(
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
        parameters=QUERY,
        operation_id="export",
    )
    def get(self, request: Request, project_id: str) -> HttpResponseBase:
        """The results as a file, streamed from a consistent snapshot in flat memory."""
        access = access_project(request, project_id)
        wanted = request_for(access, request.query_params.dict())
        name, chunks = stream_export(project=access.project, by=access.user, wanted=wanted)
        response = StreamingHttpResponse(chunks, content_type="application/octet-stream")
        return attached(response, name)


class Exports(APIView):
    """Exports as jobs."""

    @extend_schema(responses=JobOutput(many=True), operation_id="exports")
    def get(self, request: Request, project_id: str) -> Response:
        """Exports so far, newest first."""
        access = access_project(request, project_id)
        check_query(request, ())
        pages = CursorPagination()
        rows = pages.paginate_queryset(Job.objects.filter(project=access.project, kind=KIND), request)
        return pages.get_paginated_response(JobOutput(rows, many=True).data)

    @extend_schema(request=ExportInput, responses={202: JobOutput}, operation_id="exports_start")
    def post(self, request: Request, project_id: str) -> Response:
        """Start an export; the job has the file and its manifest when it is done."""
        access = access_project(request, project_id)
        if not isinstance(request.data, dict):
            raise exceptions.ValidationError("must be an object")
        wanted = request_for(access, request.data)
        return Response(
            JobOutput(start_export(project=access.project, by=access.user, wanted=wanted)).data, status=202
        )


class ExportLosses(APIView):
    """The loss report before an export."""

    content_negotiation_class = OwnFormat

    @extend_schema(
        responses=LossesOutput, parameters=[OpenApiParameter("format", str)], operation_id="exports_losses"
    )
    def get(self, request: Request, project_id: str) -> Response:
        """What each format, or the one named, cannot hold of this project's answers."""
        access = access_project(request, project_id)
        check_query(request, ("format",))
        losses = losses_of(access.project)
        name = request.query_params.get("format")
        if name is not None and name not in losses:
            raise exceptions.ValidationError({"format": f"one of {', '.join(losses)}"})
        return Response({"losses": losses if name is None else {name: losses[name]}})


class ExportFile(APIView):
    """The file of a finished export."""

    of_manifest = False

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, job_id: str) -> HttpResponseBase:
        """The file as an attachment, for those who may export."""
        job, _ = access_row(request, Job.objects.all(), job_id)
        try:
            file = open_export(job, of_manifest=self.of_manifest)
        except FileNotFoundError:
            raise Conflict("This job has left no file, or not yet.", code="no_file") from None
        name = f"{job.file_name}.manifest.json" if self.of_manifest else job.file_name
        return attached(FileResponse(file, content_type="application/octet-stream"), name)


class ExportManifest(ExportFile):
    of_manifest = True


def attached(response: HttpResponseBase, name: str) -> HttpResponseBase:
    """A response that a browser saves and never shows."""
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response
