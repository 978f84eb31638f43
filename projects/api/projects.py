"""Projects, and what can be done to one."""

from collections.abc import Callable
from functools import partial
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import access_organization, signed_in, token_of
from accounts.api.once import KEY_HEADER, key_of
from accounts.api.pagination import CursorPagination
from accounts.api.serializers import IdField, StrictSerializer, check_query
from accounts.errors import DomainError, FieldError, Missing
from accounts.models import Organization
from accounts.services.once import make_once
from labeltypes.base import Json
from projects.access import access_project, projects_of
from projects.access.doors import find_project
from projects.models import Project
from projects.services import projects as services
from projects.settings import settings_of


class ProjectInput(StrictSerializer):
    name = serializers.CharField(max_length=200)
    organization = IdField(required=False)
    ontology = serializers.JSONField(required=False)
    guideline = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)
    settings = serializers.DictField(required=False)
    description = serializers.CharField(required=False, allow_blank=True)
    state = serializers.ChoiceField(choices=["draft", "live"], default="live")


class ProjectChange(StrictSerializer):
    name = serializers.CharField(max_length=200, required=False)
    settings = serializers.DictField(required=False)
    description = serializers.CharField(required=False, allow_blank=True)


class ReasonInput(StrictSerializer):
    reason = serializers.CharField(max_length=500)


class NameInput(StrictSerializer):
    name = serializers.CharField(max_length=200)


class ProjectOutput(serializers.Serializer[Any]):
    id = IdField()
    organization = IdField(source="organization_id")
    name = serializers.CharField()
    description = serializers.CharField()
    state = serializers.CharField()
    pause_reason = serializers.CharField()
    delete_after = serializers.DateTimeField()
    created_at = serializers.DateTimeField()
    ontology_version = serializers.IntegerField(source="ontology.version", default=None)
    guideline_version = serializers.IntegerField(source="guideline.version", default=None)
    settings = serializers.SerializerMethodField()

    def get_settings(self, project: Project) -> dict[str, Any]:
        """The quality plan."""
        return settings_of(project)


class Projects(APIView):
    @extend_schema(responses=ProjectOutput(many=True), operation_id="projects_list")
    def get(self, request: Request) -> Response:
        """The projects that you may see, newest first."""
        check_query(request, ())
        found = projects_of(request).select_related("ontology", "guideline")
        pages = CursorPagination()
        rows: Any = pages.paginate_queryset(found, request, view=self)
        return pages.get_paginated_response(ProjectOutput(rows, many=True).data)

    @extend_schema(request=ProjectInput, responses={201: ProjectOutput}, parameters=[KEY_HEADER])
    def post(self, request: Request) -> Response:
        """Make a project, live at once unless ``state`` is ``draft``; you become its manager.

        With an Idempotency-Key a repeat returns the project that the first request made.
        """
        projects_of(request)
        data = ProjectInput(data=request.data)
        data.is_valid(raise_exception=True)
        values = data.validated_data
        organization = _organization(request, values.pop("organization", None))
        create = partial(
            services.create_project,
            organization=organization,
            by=signed_in(request),
            launch=values.pop("state") == "live",
            **values,
        )
        return _made(request, ["project", organization.pk, request.data], create)


def _made(request: Request, asked: Json, make: Callable[[], Project]) -> Response:
    """What ``make`` made, now or when the same request came with its key before."""
    user = signed_in(request)
    made = make_once(user=user, key=key_of(request), request=asked, make=lambda: make().pk)
    return Response(ProjectOutput(find_project(user, made, token_of(request)).project).data, status=201)


def _organization(request: Request, given: int | None) -> Organization:
    """The organization named, else the token's, else the only one the person has."""
    token = token_of(request)
    if given is None and token is not None:
        return token.organization
    if given is None:
        mine = list(signed_in(request).organizations.order_by("pk")[:2])
        if len(mine) == 1:
            return mine[0]
        raise DomainError("Which one?", fields=[FieldError("organization", "must be given")])
    try:
        return access_organization(request, given)
    except Missing:
        raise DomainError("Not found.", fields=[FieldError("organization", "not found")]) from None


class OneProject(APIView):
    @extend_schema(responses=ProjectOutput)
    def get(self, request: Request, project_id: str) -> Response:
        """One project."""
        return Response(ProjectOutput(access_project(request, project_id).project).data)

    @extend_schema(request=ProjectChange, responses=ProjectOutput)
    def patch(self, request: Request, project_id: str) -> Response:
        """Change name, description or settings, also while people work."""
        access = access_project(request, project_id)
        data = ProjectChange(data=request.data)
        data.is_valid(raise_exception=True)
        changed = services.change_project(project=access.project, by=access.user, **data.validated_data)
        return Response(ProjectOutput(changed).data)

    @extend_schema(responses=ProjectOutput)
    def delete(self, request: Request, project_id: str) -> Response:
        """Delete after seven days; POST …/restore/ takes it back until then."""
        access = access_project(request, project_id)
        return Response(ProjectOutput(services.delete_project(project=access.project, by=access.user)).data)


class ProjectPause(APIView):
    @extend_schema(request=ReasonInput, responses=ProjectOutput)
    def post(self, request: Request, project_id: str) -> Response:
        """Hand out no more tasks; everybody sees the reason."""
        access = access_project(request, project_id)
        data = ReasonInput(data=request.data)
        data.is_valid(raise_exception=True)
        paused = services.pause_project(
            project=access.project, by=access.user, reason=data.validated_data["reason"]
        )
        return Response(ProjectOutput(paused).data)


_Act = Callable[..., Project]


def _moved(request: Request, project_id: str, act: _Act) -> Response:
    """The project after a service that needs nothing but who asks for it."""
    access = access_project(request, project_id)
    return Response(ProjectOutput(act(project=access.project, by=access.user)).data)


class ProjectLaunch(APIView):
    @extend_schema(request=None, responses=ProjectOutput)
    def post(self, request: Request, project_id: str) -> Response:
        """Hand out tasks from now on: launches a draft, resumes what was paused or archived."""
        return _moved(request, project_id, services.launch_project)


class ProjectArchive(APIView):
    @extend_schema(request=None, responses=ProjectOutput)
    def post(self, request: Request, project_id: str) -> Response:
        """Take the project out of sight and out of work; nothing is deleted, POST …/launch/ takes it back."""
        return _moved(request, project_id, services.archive_project)


class ProjectRestore(APIView):
    @extend_schema(request=None, responses=ProjectOutput)
    def post(self, request: Request, project_id: str) -> Response:
        """Take a deletion back within its seven days; the project's state is what it was before."""
        return _moved(request, project_id, services.restore_project)


class ProjectClone(APIView):
    @extend_schema(request=NameInput, responses={201: ProjectOutput}, parameters=[KEY_HEADER])
    def post(self, request: Request, project_id: str) -> Response:
        """A new draft with the same ontology, guideline, plan and people, without tasks; once with a key."""
        access = access_project(request, project_id)
        data = NameInput(data=request.data)
        data.is_valid(raise_exception=True)
        clone = partial(services.clone_project, project=access.project, by=access.user)
        asked: Json = ["clone", access.project.pk, request.data]
        return _made(request, asked, partial(clone, name=data.validated_data["name"]))
