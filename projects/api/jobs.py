"""Jobs: how far, what was refused, the file, and the way to stop one."""

from typing import Any

from django.http import HttpResponseBase, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import clean_id, signed_in
from accounts.api.serializers import IdField
from projects.access import access_found, access_row
from projects.job_files import error_report
from projects.jobs import cancel_job, find_job
from projects.models import Job
from projects.waiting import wait_for_end

ERRORS_SHOWN = 100
WAIT = OpenApiParameter(
    "wait", int, description="Seconds to wait for the job's end, ten at most; may answer sooner."
)


class JobErrorOutput(serializers.Serializer[Any]):
    row = serializers.IntegerField()
    path = serializers.CharField()
    message = serializers.CharField()


class JobLine(serializers.Serializer[Any]):
    """A job in a list: how many rows were refused, not which."""

    id = IdField()
    project = IdField(source="project_id")
    kind = serializers.CharField()
    state = serializers.CharField()
    done = serializers.IntegerField()
    total = serializers.IntegerField()
    result = serializers.JSONField()
    error = serializers.CharField()
    error_count = serializers.IntegerField()
    file = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField()

    def get_file(self, job: Job) -> str | None:
        """Where to download the result, once there is one."""
        return f"/jobs/{job.pk}/file/" if job.file else None


class JobOutput(JobLine):
    errors = serializers.SerializerMethodField()  # type: ignore[assignment]  # a field; DRF keeps them apart

    @extend_schema_field(JobErrorOutput(many=True))
    def get_errors(self, job: Job) -> list[dict[str, object]]:
        """The first hundred refused rows; the report has all."""
        if not job.error_count:  # as for nearly all: clients ask again and again how far a job is
            return []
        return list(JobErrorOutput(job.errors.order_by("row", "pk")[:ERRORS_SHOWN], many=True).data)


class OneJob(APIView):
    @extend_schema(responses=JobOutput, parameters=[WAIT])
    def get(self, request: Request, job_id: str) -> Response:
        """How far a job is; with `wait` when it is over."""
        signed_in(request)
        job, _ = access_found(request, find_job(clean_id(job_id)))
        if wait := request.query_params.get("wait"):
            if not wait.isascii() or not wait.isdigit():
                raise exceptions.ValidationError({"wait": "must be a number of seconds"})
            job, _ = access_found(request, wait_for_end(job, float(wait[:3])))
        return Response(JobOutput(job).data)

    @extend_schema(responses=JobOutput)
    def delete(self, request: Request, job_id: str) -> Response:
        """Ask a job to stop; a finished one is left as it is."""
        job, _ = access_row(request, Job.objects.all(), job_id)
        return Response(JobOutput(cancel_job(job=job)).data)


class JobErrors(APIView):
    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.BINARY})
    def get(self, request: Request, job_id: str) -> HttpResponseBase:
        """Every refused row as CSV: row, path, message."""
        job, _ = access_row(request, Job.objects.all(), job_id)
        response = StreamingHttpResponse(error_report(job), content_type="text/csv; charset=utf-8")
        response.headers["Content-Disposition"] = f'attachment; filename="job-{job.pk}-refused.csv"'
        return response
