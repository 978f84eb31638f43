"""Audit samples: draw, judge blind, extend, report."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import clean_id
from accounts.api.serializers import check_query
from annotate.items import resolve
from projects.access import access_project, access_row
from quality.api.audit_serializers import (
    AuditIn,
    AuditItemOut,
    AuditOut,
    JudgementIn,
    MoreIn,
    NextItemOut,
    audit_out,
)
from quality.models import AuditItem, AuditSample
from quality.reports.audits import audit_report, audits_of
from quality.services.audits import extend_audit, judge, next_item, start_audit

SAMPLES = AuditSample.objects.select_related("project")


class Audits(APIView):
    @extend_schema(responses=AuditOut(many=True), operation_id="audits_list")
    def get(self, request: Request, project_id: str) -> Response:
        """The newest audits with what they prove, newest first."""
        access = access_project(request, project_id)
        check_query(request, ())
        return Response({"results": [audit_out(each) for each in audits_of(access.project)]})

    @extend_schema(request=AuditIn, responses={202: AuditOut}, operation_id="audits_draw")
    def post(self, request: Request, project_id: str) -> Response:
        """Draw a sample of done tasks at random; a job does it."""
        access = access_project(request, project_id)
        data = AuditIn(data=request.data)
        data.is_valid(raise_exception=True)
        sample = start_audit(project=access.project, by=access.user, plan=data.plan())
        return Response(audit_out(audit_report(sample)), status=202)


class Audit(APIView):
    @extend_schema(responses=AuditOut, operation_id="audits_report")
    def get(self, request: Request, audit_id: str) -> Response:
        """One audit: its strata, the estimate with its interval, and the decision."""
        sample, _ = access_row(request, SAMPLES, audit_id)
        return Response(audit_out(audit_report(sample)))


class AuditExtension(APIView):
    @extend_schema(request=MoreIn, responses={202: AuditOut}, operation_id="audits_extend")
    def post(self, request: Request, audit_id: str) -> Response:
        """Draw so many items more, in the same random order, once all so far were judged."""
        sample, access = access_row(request, SAMPLES, audit_id)
        data = MoreIn(data=request.data)
        data.is_valid(raise_exception=True)
        sample = extend_audit(sample=sample, by=access.user, more=data.validated_data["more"])
        return Response(audit_out(audit_report(sample)), status=202)


class AuditItems(GenericAPIView[AuditItem]):
    queryset = AuditItem.objects.none()
    serializer_class = AuditItemOut

    @extend_schema(
        parameters=[OpenApiParameter("right", bool)],
        responses=AuditItemOut(many=True),
        operation_id="audits_items",
    )
    def get(self, request: Request, audit_id: str) -> Response:
        """The judged items with label and judgement; ``right=false`` for those that differ.

        Empty until every item was judged: an auditor who sees labels is not blind any more.
        """
        sample, _ = access_row(request, SAMPLES, audit_id)
        check_query(request, ["right"])
        rows = AuditItem.objects.filter(sample=sample, judged_at__isnull=False)
        if sample.items.filter(judged_at=None).exists():
            rows = rows.none()
        if wanted := request.query_params.get("right"):
            rows = rows.filter(is_right=wanted == "true")
        return self.get_paginated_response(AuditItemOut(self.paginate_queryset(rows) or [], many=True).data)


class AuditNext(APIView):
    @extend_schema(
        request=None,
        parameters=[OpenApiParameter("after", int)],
        responses=NextItemOut,
        operation_id="audits_next",
    )
    def post(self, request: Request, audit_id: str) -> Response:
        """The next item to judge, without its label, held for this person for a quarter of an hour."""
        sample, access = access_row(request, SAMPLES, audit_id)
        check_query(request, ["after"])
        item = next_item(
            sample=sample, user=access.user, after=clean_id(request.query_params.get("after") or 0)
        )
        left = sample.items.filter(judged_at=None).count()
        return Response({"item": _blind(sample, item) if item else None, "left": left})


def _blind(sample: AuditSample, item: AuditItem) -> dict[str, object]:
    """What the editor needs: the item as annotators see it, and nothing that was said about it."""
    shown = resolve(item.task, sample.project.ontology_id or 0).payload
    return {"id": str(item.pk), "position": item.position, "item": shown}


class AuditJudgement(APIView):
    @extend_schema(request=JudgementIn, responses={201: None}, operation_id="audits_judge")
    def post(self, request: Request, item_id: str) -> Response:
        """What the auditor answered. Whether the label says the same is not told."""
        rows = AuditItem.objects.select_related("sample")
        item, access = access_row(request, rows, item_id)
        data = JudgementIn(data=request.data)
        data.is_valid(raise_exception=True)
        judge(item=item, by=access.user, answer=data.answer())
        left = AuditItem.objects.filter(sample=item.sample_id, judged_at=None).count()
        return Response({"left": left}, status=201)
