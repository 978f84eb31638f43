"""Uploads, and the checked routes through which media go out again."""

from typing import Any, TypeVar

from django.http import FileResponse, HttpResponse, HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, parsers, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.errors import Missing
from formats.images import MEDIA_TYPES
from projects.access import access_project
from projects.api.ranges import ranged
from projects.models import Media
from projects.services.media import add_file, read_file

Sent = TypeVar("Sent", bound=HttpResponseBase)
YEAR = 365 * 24 * 3600
SHOWN_TYPES = {"jpg": MEDIA_TYPES["JPEG"], "webp": MEDIA_TYPES["WEBP"]}  # by the ending of the file


class MediaOutput(serializers.Serializer[Any]):
    """``media`` is what a task's data names."""

    media = serializers.CharField(source="key")
    kind = serializers.CharField()
    name = serializers.CharField()
    width = serializers.IntegerField(allow_null=True)
    height = serializers.IntegerField(allow_null=True)
    seconds = serializers.FloatField(allow_null=True)
    size = serializers.IntegerField()


class Uploads(APIView):
    parser_classes = (parsers.MultiPartParser,)

    @extend_schema(request={"multipart/form-data": OpenApiTypes.BINARY}, responses={201: MediaOutput})
    def post(self, request: Request, project_id: str) -> Response:
        """Upload one image or recording as ``file``; name the returned ``media`` in a task's data.

        ``seconds`` of a recording are null until a worker has read it, and for all but WAV.
        """
        access = access_project(request, project_id)
        file = request.FILES.get("file")
        if file is None:
            raise exceptions.ValidationError({"file": "an uploaded file is needed"})
        media = add_file(project=access.project, name=file.name or "file", content=file, by=access.user)
        return Response(MediaOutput(media).data, status=201)


def _media(request: Request, key: str, kind: str = "") -> Media:
    media = Media.objects.filter(key=key).first()
    if media is None or (kind and media.kind != kind):
        raise Missing
    access_project(request, media.project_id)
    return media


class MediaView(APIView):
    """What a browser shows: an image that we encoded, whatever was uploaded."""

    kind = "image"
    which = "view"

    @extend_schema(responses={(200, shown): OpenApiTypes.BINARY for shown in SHOWN_TYPES.values()})
    def get(self, request: Request, key: str) -> HttpResponseBase:
        """The derivative, for members of the project; its bytes never change, so it may be kept."""
        media = _media(request, key, self.kind)
        if media.kind != "image" and not media.thumbnail:
            raise Missing
        file = read_file(media, self.which)
        return _kept(FileResponse(file, content_type=SHOWN_TYPES[str(file.name).rpartition(".")[2]]))


class MediaThumbnail(MediaView):
    """Of a recording its waveform, once a worker has made it."""

    kind = ""
    which = "thumbnail"


class MediaSound(APIView):
    @extend_schema(
        responses={
            (200, "application/octet-stream"): OpenApiTypes.BINARY,
            (206, "application/octet-stream"): OpenApiTypes.BINARY,
        }
    )
    def get(self, request: Request, recording: str) -> HttpResponseBase:
        """A recording as it came, for members of the project, whole or in the ranges that players ask for.

        A range is answered with at most 4 MiB; players ask for the next.
        """
        media = _media(request, recording, "audio")
        response = ranged(read_file(media, "original"), media.size, request.headers.get("Range", ""))
        response.headers["Content-Type"] = media.content_type
        return _kept(response)


class MediaPeaks(APIView):
    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY, 204: None})
    def get(self, request: Request, recording: str) -> HttpResponseBase:
        """The waveform of a recording; 204 where we do not read its format, 404 until it is made.

        Little-endian: ``TSP1``, number of peaks (uint32), peaks a second and seconds (float64), then the
        lowest and the highest sample of each in turn (int8).
        """
        media = _media(request, recording, "audio")
        if not media.view:
            raise Missing
        with media.view.open("rb") as file:
            content = file.read()
        return _kept(
            HttpResponse(content, status=200 if content else 204, content_type="application/octet-stream")
        )


def _kept(response: Sent) -> Sent:
    """The bytes never change, so a browser may keep them; and it runs nothing that may be in them."""
    response.headers["Cache-Control"] = f"private, max-age={YEAR}, immutable"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


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
