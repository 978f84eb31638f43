"""Gold: known answers. Never for annotators."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import clean_id
from accounts.api.serializers import check_query
from accounts.errors import Missing
from annotate.models import Annotation
from projects.access import access_project, access_row
from projects.models import Task
from quality.api.serializers import GoldIn, GoldOut
from quality.models import GoldItem
from quality.services.gold import make_gold, promote
from quality.services.retiring import retire


class Gold(GenericAPIView[GoldItem]):
    queryset = GoldItem.objects.none()
    serializer_class = GoldOut

    @extend_schema(responses=GoldOut(many=True), operation_id="gold_list")
    def get(self, request: Request, project_id: str) -> Response:
        """The project's gold, newest first."""
        access = access_project(request, project_id)
        check_query(request, ())
        page = self.paginate_queryset(
            GoldItem.objects.filter(project=access.project, retired_at__isnull=True)
        )
        return self.get_paginated_response(GoldOut(page or [], many=True).data)

    @extend_schema(request=GoldIn, responses={201: GoldOut}, operation_id="gold_create")
    def post(self, request: Request, project_id: str) -> Response:
        """Make a task gold, or change its answers."""
        access = access_project(request, project_id)
        data = GoldIn(data=request.data)
        data.is_valid(raise_exception=True)
        values = data.validated_data
        task = Task.objects.filter(project=access.project, pk=values["task"]).first()
        gold = make_gold(
            project=access.project,
            task=task or Task(pk=values["task"]),
            answers=data.accepted(),
            by=access.user,
            tolerance=values["tolerance"],
            explanation=values["explanation"],
        )
        return Response(GoldOut(gold).data, status=201)

    @extend_schema(
        parameters=[OpenApiParameter("task", str, required=True)],
        responses={204: None},
        operation_id="gold_retire",
    )
    def delete(self, request: Request, project_id: str) -> Response:
        """Retire the gold of ``?task=``: the task is work again, the grades stay."""
        access = access_project(request, project_id)
        check_query(request, ["task"])
        wanted = request.query_params.get("task", "")
        gold = GoldItem.objects.filter(project=access.project, task=clean_id(wanted) if wanted else 0).first()
        if gold is None and wanted:
            raise Missing
        if gold is not None:
            retire(gold=gold, by=access.user)
        return Response(status=204)


class PromoteAnnotation(APIView):
    @extend_schema(request=None, responses={201: GoldOut})
    def post(self, request: Request, annotation_id: str) -> Response:
        """Make this answer the gold answer of its task."""
        annotation, access = access_row(request, Annotation.objects.select_related("task"), annotation_id)
        gold = promote(annotation=annotation, project=access.project, by=access.user)
        return Response(GoldOut(gold).data, status=201)
