"""What the review page shows of one answer: the item, all answers to it, consensus, history, threads."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import clean_id
from accounts.api.serializers import IdField
from annotate.api.annotation_serializers import AnnotationOut, EntryOut, PersonOut
from annotate.api.review_payload import entry_payload, reviewable, task_payload
from annotate.api.seeded_reviews import find_seeded, seeded_payload
from projects.access import access_project, access_row
from projects.models import Task


class ReviewTaskOut(serializers.Serializer[Any]):
    id = IdField()
    external_id = serializers.CharField(allow_null=True)
    state = serializers.CharField()
    agreement = serializers.FloatField(allow_null=True)


class VerdictOut(serializers.Serializer[Any]):
    verdict = serializers.CharField()
    code = serializers.CharField()
    comment = serializers.CharField()
    pin = serializers.JSONField(allow_null=True)
    reviewer = serializers.CharField()
    created_at = serializers.DateTimeField()


class ReviewAnswerOut(AnnotationOut):
    """An answer with whose it is (``own``: the reader's), its ontology version and the standing verdict."""

    own = serializers.BooleanField()
    ontology_version = serializers.IntegerField()
    judged = VerdictOut(allow_null=True)


class TaskConsensusOut(serializers.Serializer[Any]):
    value = serializers.JSONField()
    probability = serializers.FloatField(allow_null=True)
    agreement = serializers.FloatField(allow_null=True)
    source = serializers.CharField()  # type: ignore[assignment]  # a field, taken out of the class by DRF


class PreviousOut(serializers.Serializer[Any]):
    version = serializers.IntegerField()
    value = serializers.JSONField()
    verdict = VerdictOut()


class DecisionOut(serializers.Serializer[Any]):
    id = IdField()
    value = serializers.JSONField()
    annotation = IdField(allow_null=True)
    reason = serializers.CharField()
    by = serializers.CharField()
    created_at = serializers.DateTimeField()


class ThreadOut(serializers.Serializer[Any]):
    id = IdField()
    thread = IdField(allow_null=True)
    kind = serializers.CharField()
    author = PersonOut(allow_null=True)
    own = serializers.BooleanField()
    body = serializers.CharField()
    pin = serializers.JSONField(allow_null=True)
    created_at = serializers.DateTimeField()
    resolved = serializers.BooleanField()


class ReviewEntryOut(serializers.Serializer[Any]):
    """``subject`` is the answer to judge; null when a whole task is decided."""

    subject = IdField(allow_null=True)
    entry = EntryOut(allow_null=True)
    task = ReviewTaskOut()
    ontology_version = serializers.IntegerField()
    item = serializers.JSONField()
    answers = ReviewAnswerOut(many=True)
    consensus = TaskConsensusOut(allow_null=True)
    previous = PreviousOut(allow_null=True)
    decision = DecisionOut(allow_null=True)
    comments = ThreadOut(many=True)


class ReviewEntryView(APIView):
    """One answer to judge."""

    @extend_schema(responses=ReviewEntryOut, operation_id="review_entry")
    def get(self, request: Request, project_id: str, annotation_id: str) -> Response:
        """The answer with everything a verdict needs; one's own does not exist here."""
        access = access_project(request, project_id)
        rows = reviewable(access).exclude(user=access.user)
        head = rows.select_related("task__summary").filter(pk=clean_id(annotation_id)).first()
        if head is None:
            return Response(seeded_payload(find_seeded(access, annotation_id), access))
        return Response(entry_payload(head, access))


class TaskReview(APIView):
    """A task to decide."""

    @extend_schema(responses=ReviewEntryOut, operation_id="task_review")
    def get(self, request: Request, task_id: str) -> Response:
        """All answers to a task, side by side, for adjudication."""
        task, access = access_row(request, Task.objects.select_related("summary"), task_id)
        return Response(task_payload(task, access))
