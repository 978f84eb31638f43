"""Uploads, and the checked routes through which media go out again."""

from typing import Any

from django.http import FileResponse, HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, parsers, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.errors import Missing
from formats.images import MEDIA_TYPES
from projects.access import access_project
from projects.models import Media
from projects.services.media import add_image, read_file

YEAR = 365 * 24 * 3600
SHOWN_TYPES = {"jpg": MEDIA_TYPES["JPEG"], "webp": MEDIA_TYPES["WEBP"]}  # by the ending of the file


class MediaOutput(serializers.Serializer[Any]):
    """``media`` is what a task's data names."""

    media = serializers.CharField(source="key")
    name = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    size = serializers.IntegerField()


class Uploads(APIView):
    parser_classes = (parsers.MultiPartParser,)

    @extend_schema(request={"multipart/form-data": OpenApiTypes.BINARY}, responses={201: MediaOutput})
    def post(self, request: Request, project_id: str) -> Response:
        """Upload one image as ``file``; name the returned ``media`` in a task's data."""
        access = access_project(request, project_id)
        file = request.FILES.get("file")
        if file is None:
            raise exceptions.ValidationError({"file": "an uploaded file is needed"})
        media = add_image(project=access.project, name=file.name or "image", content=file, by=access.user)
        return Response(MediaOutput(media).data, status=201)


def _media(request: Request, key: str) -> Media:
    media = Media.objects.filter(key=key).first()
    if media is None:
        raise Missing
    access_project(request, media.project_id)
    return media


class MediaView(APIView):
    """What a browser shows: an image that we encoded, whatever was uploaded."""

    which = "view"

    @extend_schema(responses={(200, shown): OpenApiTypes.BINARY for shown in SHOWN_TYPES.values()})
    def get(self, request: Request, key: str) -> HttpResponseBase:
        """The derivative, for members of the project; its bytes never change, so it may be kept."""
        file = read_file(_media(request, key), self.which)
        response = FileResponse(file, content_type=SHOWN_TYPES[str(file.name).rpartition(".")[2]])
        response.headers["Cache-Control"] = f"private, max-age={YEAR}, immutable"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        return response


class MediaThumbnail(MediaView):
    which = "thumbnail"


class MediaOriginal(APIView):
    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, key: str) -> HttpResponseBase:
        """The original as it came, as an attachment, for those who may export."""
        media = _media(request, key)
        return FileResponse(
            read_file(media, "original"),
            as_attachment=True,
            filename=media.name.rpartition("/")[2],
            content_type="application/octet-stream",
        )
