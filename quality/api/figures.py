"""Consensus, people and training rounds."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import clean_id
from accounts.api.serializers import check_query
from accounts.replica import from_replica
from projects.access import access_project
from projects.api.jobs import JobOutput
from quality.api.serializers import AnnotatorOut, ConsensusOut, RoundIn, RoundOut
from quality.models import Consensus, Round
from quality.reports.people import people
from quality.services.full_run import start_full_run
from quality.services.rounds import start_round


class ConsensusView(GenericAPIView[Consensus]):
    queryset = Consensus.objects.none()
    serializer_class = ConsensusOut

    @extend_schema(
        parameters=[OpenApiParameter("task", str), OpenApiParameter("field", str)],
        responses=ConsensusOut(many=True),
        operation_id="consensus_list",
    )
    def get(self, request: Request, project_id: str) -> Response:
        """What all answers of each task come to, per field, newest task first."""
        access = access_project(request, project_id)
        check_query(request, ["task", "field"])
        rows = Consensus.objects.filter(project=access.project)
        if task := request.query_params.get("task"):
            rows = rows.filter(task=clean_id(task))
        if field := request.query_params.get("field"):
            rows = rows.filter(field=field)
        found = from_replica(lambda: ConsensusOut(self.paginate_queryset(rows) or [], many=True).data)
        return self.get_paginated_response(found)

    @extend_schema(request=None, responses={202: JobOutput}, operation_id="consensus_run")
    def post(self, request: Request, project_id: str) -> Response:
        """Start a full run."""
        access = access_project(request, project_id)
        job = start_full_run(project=access.project, by=access.user)
        return Response(JobOutput(job).data, status=202)


class AnnotatorsView(APIView):
    @extend_schema(responses=AnnotatorOut(many=True), operation_id="annotators_list")
    def get(self, request: Request, project_id: str) -> Response:
        """Per person: answers, median seconds, accuracy by gold and by consensus with credible intervals."""
        access = access_project(request, project_id)
        found = from_replica(lambda: AnnotatorOut(people(access.project), many=True).data)
        return Response({"results": found})


class Rounds(APIView):
    @extend_schema(responses=RoundOut(many=True), operation_id="rounds_list")
    def get(self, request: Request, project_id: str) -> Response:
        """Training rounds, newest first."""
        access = access_project(request, project_id)
        rows = Round.objects.filter(project=access.project).order_by("-number")[:1000]
        return Response({"results": RoundOut(rows, many=True).data})

    @extend_schema(request=RoundIn, responses={202: RoundOut}, operation_id="rounds_start")
    def post(self, request: Request, project_id: str) -> Response:
        """Start a round; 400 says how many labels are missing."""
        access = access_project(request, project_id)
        data = RoundIn(data=request.data)
        data.is_valid(raise_exception=True)
        found = start_round(project=access.project, by=access.user, field=data.validated_data["field"])
        return Response(RoundOut(found).data, status=202)
