"""A person's own work in a project: answers to look back at, the inbox, and today's count."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.serializers import IdField, StrictSerializer, check_query
from annotate.api.annotation_serializers import OwnAnnotationOut
from annotate.api.listing import list_response
from annotate.items import resolve_all
from annotate.models import ActivityDay, Annotation, AnnotationVersion, Notice
from annotate.services.notices import acknowledge
from annotate.versions import ontology_of
from projects.access import ProjectAccess, access_project

MOST_NOTICES = 100


class NoticeOut(serializers.Serializer[Any]):
    id = IdField()
    kind = serializers.CharField()
    text = serializers.CharField()
    payload = serializers.JSONField()
    created_at = serializers.DateTimeField()


class OwnAnswerOut(OwnAnnotationOut):
    """With the item it answers and the ontology version it was given under."""

    data = serializers.JSONField()  # type: ignore[assignment]  # a field, taken out of the class by DRF
    meta = serializers.JSONField()
    media = serializers.JSONField()
    ontology_version = serializers.IntegerField()


class TodayOut(serializers.Serializer[Any]):
    answers = serializers.IntegerField()
    corrections = serializers.IntegerField()
    skips = serializers.IntegerField()
    seconds = serializers.FloatField()


class OwnWorkOut(serializers.Serializer[Any]):
    results = OwnAnswerOut(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    notices = NoticeOut(many=True)
    today = TodayOut()
    can_correct = serializers.BooleanField()


class AcknowledgeIn(StrictSerializer):
    notices = serializers.ListField(child=IdField(), min_length=1, max_length=500)


class OwnWork(APIView):
    """My last answers and my inbox."""

    @extend_schema(responses=OwnWorkOut, operation_id="own_work")
    def get(self, request: Request, project_id: str) -> Response:
        """A page of one's own answers, newest first; unread notices; what was done today (UTC)."""
        access = access_project(request, project_id)
        check_query(request, ())
        rows = Annotation.objects.by(access.user.pk).filter(project=access.project, is_fix=False)
        response = list_response(rows.select_related("task"), request, own_answers)
        response.data |= {
            "notices": NoticeOut(unread(access), many=True).data,
            "today": TodayOut(today(access)).data,
            "can_correct": access.project.allow_corrections,
        }
        return response


def own_answers(heads: list[Annotation]) -> Any:
    """Answers with their items, each under the ontology version it was given under."""
    versions = newest_ontologies(heads)
    items = resolve_all((head.task, versions[head.pk]) for head in heads)
    rows = OwnAnnotationOut(heads, many=True).data
    return [
        {**row, **item.payload, "ontology_version": ontology_of(versions[head.pk]).version}
        for head, row, item in zip(heads, rows, items, strict=True)
    ]


def newest_ontologies(heads: list[Annotation]) -> dict[int, int]:
    """The ontology id of each answer's newest version."""
    rows = AnnotationVersion.objects.filter(annotation__in=[head.pk for head in heads]).order_by("version")
    return dict(rows.values_list("annotation_id", "ontology_id"))


def unread(access: ProjectAccess) -> list[Notice]:
    """What waits in this person's inbox, newest first."""
    rows = Notice.objects.filter(user=access.user, project=access.project, read_at__isnull=True)
    return list(rows.order_by("-id")[:MOST_NOTICES])


def today(access: ProjectAccess) -> ActivityDay:
    """What this person did today, rolled up a few seconds behind."""
    day = timezone.now().date()
    found = ActivityDay.objects.filter(project=access.project, user=access.user, day=day).first()
    return found or ActivityDay(project=access.project, user=access.user, day=day)


class Notices(APIView):
    """The inbox."""

    @extend_schema(request=AcknowledgeIn, responses={204: None}, operation_id="notices_acknowledge")
    def post(self, request: Request, project_id: str) -> Response:
        """Mark one's own notices as read; others' ids change nothing."""
        access = access_project(request, project_id)
        data = AcknowledgeIn(data=request.data)
        data.is_valid(raise_exception=True)
        ids = data.validated_data["notices"]
        acknowledge(project_id=access.project.pk, user_id=access.user.pk, notice_ids=ids)
        return Response(status=204)
