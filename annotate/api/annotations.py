"""Answers: everybody's for those who may see them, one's own for annotators; corrections."""

from typing import Any

from django.db.models import QuerySet
from django.utils.dateparse import parse_datetime
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import clean_id
from accounts.api.serializers import check_query
from accounts.errors import Missing
from annotate.api.annotation_serializers import AnnotationOut, CorrectionIn, OwnAnnotationOut, VersionOut
from annotate.api.listing import list_response
from annotate.api.people import hides_authors
from annotate.models import Annotation
from annotate.services.corrections import correct, take_in_extra
from projects.access import Capability, ProjectAccess, access_project, access_row

FILTERS = ("task", "person", "since")


class AnnotationList(APIView):
    """The answers of a project, newest first."""

    @extend_schema(
        responses=AnnotationOut(many=True),
        parameters=[OpenApiParameter(name, str) for name in FILTERS],
        operation_id="annotations",
    )
    def get(self, request: Request, project_id: str) -> Response:
        """A page of answers; annotators get their own, without the filters by task and person."""
        access = access_project(request, project_id)
        sees_all = access.can(Capability.SEE_TASKS)
        check_query(request, FILTERS if sees_all else ("since",))
        rows = Annotation.objects.filter(project=access.project).listed()
        rows = rows if sees_all else rows.by(access.user.pk).filter(is_fix=False)
        return list_response(
            _narrowed(rows, request, access), request, lambda page: annotations_payload(page, access)
        )


def annotations_payload(heads: list[Annotation], access: ProjectAccess) -> Any:
    """Answers as this person may see them."""
    if access.can(Capability.SEE_TASKS):
        return AnnotationOut(heads, many=True, context={"hidden": hides_authors(access)}).data
    return OwnAnnotationOut(heads, many=True).data


def _narrowed(rows: QuerySet[Annotation], request: Request, access: ProjectAccess) -> QuerySet[Annotation]:
    query = request.query_params
    if "task" in query:
        rows = rows.filter(task_id=_id(query["task"]))
    if "person" in query and not hides_authors(access):
        rows = rows.filter(user_id=_id(query["person"]))
    elif "person" in query:
        raise exceptions.ValidationError({"person": "authors are hidden in this project"})
    if "since" in query:
        try:
            moment = parse_datetime(query["since"])
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            raise exceptions.ValidationError({"since": "must be a time with a zone, as 2026-01-31T12:00:00Z"})
        rows = rows.filter(updated_at__gte=moment)
    return rows


def _id(text: str) -> int:
    """An id in a filter; one that cannot exist finds nothing."""
    try:
        return clean_id(text)
    except Missing:
        return -1


class OneAnnotation(APIView):
    """One answer."""

    @extend_schema(responses=AnnotationOut, operation_id="annotation")
    def get(self, request: Request, annotation_id: str) -> Response:
        """The answer; annotators see their own only."""
        head, access = access_annotation(request, annotation_id)
        return Response(annotations_payload([head], access)[0])

    @extend_schema(request=CorrectionIn, responses=OwnAnnotationOut, operation_id="annotation_correct")
    def patch(self, request: Request, annotation_id: str) -> Response:
        """Make a new version from version ``base`` of one's own answer; 409 with what is there now."""
        head, access = access_row(request, Annotation.objects.all(), annotation_id)
        if head.is_fix and not access.can(Capability.SEE_TASKS):
            raise Missing
        data = CorrectionIn(data=request.data)
        data.is_valid(raise_exception=True)
        key = request.headers.get("Idempotency-Key", "")
        stored = correct(annotation=head, project=access.project, key=key, **data.validated_data)
        return Response(OwnAnnotationOut(stored.annotation).data)


class AnnotationVersions(APIView):
    """The history of an answer."""

    @extend_schema(responses=VersionOut(many=True), operation_id="annotation_versions")
    def get(self, request: Request, annotation_id: str) -> Response:
        """All versions, newest first."""
        head, _ = access_annotation(request, annotation_id)
        versions = head.versions.select_related("ontology", "guideline").order_by("-version")
        return Response({"results": VersionOut(versions, many=True).data})


class TakeIn(APIView):
    """Counting a late answer."""

    @extend_schema(request=None, responses=AnnotationOut, operation_id="annotation_take_in")
    def post(self, request: Request, annotation_id: str) -> Response:
        """Count an answer that came after its slot was given away."""
        head, access = access_row(
            request, Annotation.objects.select_related("user", "project"), annotation_id
        )
        head = take_in_extra(annotation=head, by=access.user)
        return Response(annotations_payload([head], access)[0])


def access_annotation(request: Request, annotation_id: str) -> tuple[Annotation, ProjectAccess]:
    """An answer to read: anybody's for those who see tasks, else one's own; others' do not exist."""
    head, access = access_row(request, Annotation.objects.select_related("user"), annotation_id)
    if (head.user_id != access.user.pk or head.is_fix) and not access.can(Capability.SEE_TASKS):
        raise Missing
    return head, access
