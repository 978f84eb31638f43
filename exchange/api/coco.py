"""Answers from a COCO file for images that are here."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, parsers, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.serializers import StrictSerializer
from exchange.api.imports import plain
from exchange.services.coco import take_coco
from formats.limits import DEFAULT_LIMITS
from formats.strictjson import JsonProblem, parse
from projects.access import access_project

MOST_BYTES = 64 * 1024 * 1024
MOST_ERRORS = 1_000


class CocoIn(StrictSerializer):
    """The file, and what becomes of it: predictions of this version of a model, or gold."""

    file = serializers.FileField()
    taken_as = serializers.ChoiceField(["prediction", "gold"], default="prediction")
    model = serializers.CharField(max_length=100, default="coco")
    version = serializers.CharField(max_length=100, default="1")


class CocoErrorOut(serializers.Serializer[Any]):
    """``annotation``: its id in the file; ``path``: where in the file."""

    annotation = serializers.JSONField(allow_null=True)
    path = serializers.CharField()
    message = serializers.CharField()


class CocoOut(serializers.Serializer[Any]):
    """``stored`` of the ``images`` of the file; of the errors the first thousand, and how many there are."""

    images = serializers.IntegerField()
    stored = serializers.IntegerField()
    error_count = serializers.IntegerField()
    errors = CocoErrorOut(many=True)  # type: ignore[assignment]  # a field, taken out by DRF


class CocoAnswers(APIView):
    """COCO files of a project."""

    parser_classes = (parsers.MultiPartParser,)

    @extend_schema(request=CocoIn, responses=CocoOut, operation_id="imports_coco")
    def post(self, request: Request, project_id: str) -> Response:
        """Store answers for images that are here, by their names; an image with an error is left out."""
        access = access_project(request, project_id)
        data = CocoIn(data=plain(request))
        data.is_valid(raise_exception=True)
        values = data.validated_data
        file = values["file"]
        if file.size > MOST_BYTES:
            raise exceptions.ValidationError({"file": f"is larger than {MOST_BYTES:,} bytes"})
        try:
            document = parse(file.read(), max_depth=DEFAULT_LIMITS.json_depth)
        except JsonProblem as problem:
            raise exceptions.ValidationError({"file": str(problem)}) from problem
        taken = take_coco(
            project=access.project,
            by=access.user,
            document=document,
            taken_as=values["taken_as"],
            model=values["model"],
            version=values["version"],
        )
        errors = taken.errors
        told = {"images": taken.images, "stored": taken.stored, "error_count": len(errors)}
        return Response(CocoOut({**told, "errors": errors[:MOST_ERRORS]}).data)
