"""Guideline versions of a project, and their acknowledgement."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.serializers import IdField, StrictSerializer
from accounts.errors import Conflict
from projects.access import access_project
from projects.markdown import render_markdown
from projects.models import Guideline
from projects.services.guidelines import acknowledge_guideline, add_guideline


class GuidelineInput(StrictSerializer):
    body = serializers.CharField(allow_blank=True, trim_whitespace=False)
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class VersionInput(StrictSerializer):
    version = serializers.IntegerField(min_value=1)


class GuidelineOutput(serializers.Serializer[Any]):
    id = IdField()
    version = serializers.IntegerField()
    body = serializers.CharField()
    html = serializers.SerializerMethodField()
    note = serializers.CharField()
    created_at = serializers.DateTimeField()

    def get_html(self, guideline: Guideline) -> str:
        """The body rendered and sanitized."""
        return render_markdown(guideline.body)


class Guidelines(APIView):
    @extend_schema(responses=GuidelineOutput(many=True))
    def get(self, request: Request, project_id: str) -> Response:
        """All versions of the guideline; the newest comes first and is the current one."""
        access = access_project(request, project_id)
        versions = access.project.guidelines.order_by("-version")
        return Response({"results": GuidelineOutput(versions, many=True).data})

    @extend_schema(request=GuidelineInput, responses={201: GuidelineOutput})
    def post(self, request: Request, project_id: str) -> Response:
        """Save a new version; people acknowledge it before they get more tasks."""
        access = access_project(request, project_id)
        data = GuidelineInput(data=request.data)
        data.is_valid(raise_exception=True)
        guideline = add_guideline(project=access.project, by=access.user, **data.validated_data)
        return Response(GuidelineOutput(guideline).data, status=201)


class GuidelineAcknowledge(APIView):
    @extend_schema(request=VersionInput, responses={204: None})
    def post(self, request: Request, project_id: str) -> Response:
        """Say that you have read this version; it must be the newest."""
        access = access_project(request, project_id)
        data = VersionInput(data=request.data)
        data.is_valid(raise_exception=True)
        newest = access.project.guideline
        if newest is None or newest.version != data.validated_data["version"]:
            raise Conflict("There is a newer guideline.", current=newest and newest.version)
        acknowledge_guideline(guideline=newest, user=access.user)
        return Response(status=204)
