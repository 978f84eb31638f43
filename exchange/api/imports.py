"""Data in: items in the body, or a file; and a look at a file before that."""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import exceptions, parsers, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.pagination import CursorPagination
from accounts.api.parsers import StrictJSONParser
from accounts.api.serializers import StrictSerializer, check_query
from exchange.importing.plan import Plan
from exchange.services.imports import check_ready, import_items, start_import
from exchange.services.previews import ROWS, Look, look_at
from exchange.services.uploads import Upload, keep_upload, read_ticket, ticket_of
from formats.strictjson import JsonProblem, parse
from projects.access import ProjectAccess, access_project
from projects.api.jobs import JobLine, JobOutput
from projects.models import Job
from projects.models.task import Origin

MOST_ITEMS = 100_000
PLAN_FIELDS = (
    "format",
    "encoding",
    "delimiter",
    "header",
    "text_key",
    "image_key",
    "audio_key",
    "final_as",
    "on_error",
    "origin",
    "mapping",
)


class JsonText(serializers.JSONField):
    """JSON, or in a form its text."""

    def to_internal_value(self, data: Any) -> Any:
        """Parse text as strictly as a body."""
        if isinstance(data, str):
            try:
                return parse(data)
            except JsonProblem as problem:
                raise serializers.ValidationError(str(problem)) from problem
        return super().to_internal_value(data)


class MappingField(JsonText):
    """Column → ``{"to": data | id | meta | gold | prediction | ignore, "name": …, "json": bool}``."""

    def to_internal_value(self, data: Any) -> Any:
        """An object; what is in it is checked against the ontology later."""
        value = super().to_internal_value(data)
        if value is not None and not isinstance(value, dict):
            raise serializers.ValidationError("must be an object from column to target")
        return value


@extend_schema_field({"type": "array", "items": {"type": "object"}, "minItems": 1, "maxItems": MOST_ITEMS})
class ItemsField(serializers.Field[Any, Any, Any, Any]):
    """The items of a body. Each of them is checked by the worker, so that one bad item costs only itself."""

    def to_internal_value(self, data: Any) -> Any:
        """A list that is neither empty nor too long for a body."""
        if not isinstance(data, list) or not data:
            raise serializers.ValidationError("must be a list of items")
        if len(data) > MOST_ITEMS:
            raise serializers.ValidationError(f"more than {MOST_ITEMS:,} items: upload a file instead")
        return data


class PlanInput(StrictSerializer):
    """How to read, and what to do about bad rows."""

    format = serializers.CharField(required=False)
    encoding = serializers.CharField(required=False, max_length=40)
    delimiter = serializers.CharField(required=False, max_length=1, trim_whitespace=False)
    header = serializers.BooleanField(required=False)
    text_key = serializers.CharField(required=False, max_length=200)
    image_key = serializers.CharField(required=False, max_length=200)
    audio_key = serializers.CharField(required=False, max_length=200)
    final_as = serializers.ChoiceField(["ignore", "gold", "prediction"], required=False)
    on_error = serializers.ChoiceField(["keep_good", "roll_back"], required=False)
    origin = serializers.ChoiceField(Origin.values, required=False)
    mapping = MappingField(required=False)
    file = serializers.FileField(required=False, allow_empty_file=True)
    upload = serializers.CharField(required=False)

    def plan(self) -> Plan:
        """What was asked for."""
        values = self.validated_data
        return Plan(**{name: values[name] for name in PLAN_FIELDS if name in values})


class ImportInput(PlanInput):
    """Exactly one of ``items``, ``file`` and ``upload`` (from a preview)."""

    items = ItemsField(required=False)


class ProblemOutput(serializers.Serializer[Any]):
    row = serializers.IntegerField()
    path = serializers.CharField()
    message = serializers.CharField()


class PreviewOutput(serializers.Serializer[Any]):
    """``upload`` goes into the import that follows; ``mapping`` is null where items are in our own shape."""

    upload = serializers.CharField()
    name = serializers.CharField()
    size = serializers.IntegerField()
    format = serializers.CharField()
    dialect = serializers.DictField()
    native = serializers.BooleanField()
    columns = serializers.ListField(child=serializers.CharField())
    rows = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))
    mapping = serializers.JSONField(allow_null=True)
    problems = ProblemOutput(many=True)
    hints = serializers.ListField(child=serializers.CharField())


class Imports(APIView):
    """Imports of a project."""

    parser_classes = (StrictJSONParser, parsers.MultiPartParser)

    @extend_schema(responses=JobLine(many=True), operation_id="imports")
    def get(self, request: Request, project_id: str) -> Response:
        """Imports so far, newest first."""
        access = access_project(request, project_id)
        check_query(request, ())
        pages = CursorPagination()
        rows = pages.paginate_queryset(Job.objects.filter(project=access.project, kind="import"), request)
        return pages.get_paginated_response(JobLine(rows, many=True).data)

    @extend_schema(request=ImportInput, responses={202: JobOutput}, operation_id="imports_start")
    def post(self, request: Request, project_id: str) -> Response:
        """Start an import; follow it under /jobs/{id}/."""
        access = access_project(request, project_id)
        data = ImportInput(data=plain(request))
        data.is_valid(raise_exception=True)
        _exactly_one(data.validated_data, ("items", "file", "upload"))
        if "items" in data.validated_data:
            items = data.validated_data["items"]
            job = import_items(project=access.project, by=access.user, items=items, plan=data.plan())
        else:
            upload = _upload(data.validated_data, access)
            job = start_import(project=access.project, by=access.user, upload=upload, plan=data.plan())
        return Response(JobOutput(job).data, status=202)


class ImportPreview(APIView):
    """A look before the import."""

    parser_classes = (parsers.MultiPartParser, StrictJSONParser)

    @extend_schema(request=PlanInput, responses=PreviewOutput, operation_id="imports_preview")
    def post(self, request: Request, project_id: str) -> Response:
        """The first rows of a file, where its columns might go, what would be refused. Imports nothing."""
        access = access_project(request, project_id)
        data = PlanInput(data=plain(request))
        data.is_valid(raise_exception=True)
        _exactly_one(data.validated_data, ("file", "upload"))
        upload = _upload(data.validated_data, access)
        look = look_at(project=access.project, upload=upload, plan=data.plan())
        return Response(_shown(look, upload, access))


def plain(request: Request) -> Any:
    """The input as one mapping: of a form the single values."""
    data = request.data
    return data.dict() if hasattr(data, "dict") else data


def _exactly_one(values: dict[str, Any], names: tuple[str, ...]) -> None:
    given = [name for name in names if name in values]
    if len(given) != 1:
        words = f"give exactly one of {', '.join(names)}"
        raise exceptions.ValidationError({given[-1] if given else names[0]: words})


def _upload(values: dict[str, Any], access: ProjectAccess) -> Upload:
    check_ready(access.project)
    if "upload" in values:
        return read_ticket(values["upload"], access.project)
    file = values["file"]
    return keep_upload(project=access.project, name=file.name or "file", content=file)


def _shown(look: Look, upload: Upload, access: ProjectAccess) -> Any:
    problems = [{"row": one.row, "path": one.path, "message": one.message} for one in look.problems]
    found = look.preview
    return PreviewOutput(
        {
            "upload": ticket_of(upload, access.project),
            "name": upload.name,
            "size": upload.size,
            "format": found.format,
            "dialect": dict(found.dialect),
            "native": found.native,
            "columns": found.columns,
            "rows": found.rows[:ROWS],
            "mapping": look.mapping,
            "problems": problems,
            "hints": look.hints,
        }
    ).data
