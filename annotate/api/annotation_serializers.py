"""Answers, one serializer per role: what the author sees, and what those see who may see everybody's."""

from typing import Any

from rest_framework import serializers

from accounts.api.serializers import IdField, StrictSerializer
from annotate.api.people import person_payload
from annotate.api.serializers import ValueField
from annotate.models import Annotation, Review, Verdict


class PersonOut(serializers.Serializer[Any]):
    id = IdField()
    name = serializers.CharField()


class OwnAnnotationOut(serializers.Serializer[Any]):
    """One's own answer: no task id, nothing of others, nothing of what became of it elsewhere."""

    id = IdField()
    assignment = IdField(source="assignment_id", allow_null=True)
    version = serializers.IntegerField()
    value = serializers.JSONField()
    seconds = serializers.FloatField()
    sent_back = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()

    def get_sent_back(self, head: Annotation) -> bool:
        """Whether a reviewer waits for a new answer."""
        return head.rejected_at is not None


class AnnotationOut(OwnAnnotationOut):
    """Anybody's answer, for those who may see the task list."""

    task = IdField(source="task_id")
    person = serializers.SerializerMethodField()
    extra = serializers.BooleanField(source="is_extra")
    fix = serializers.BooleanField(source="is_fix")
    discarded = serializers.SerializerMethodField()

    def get_person(self, head: Annotation) -> dict[str, Any] | None:
        """The author; null in blind review."""
        return person_payload(head.user, hidden=bool(self.context.get("hidden")))

    def get_discarded(self, head: Annotation) -> bool:
        """Whether a manager has set it aside."""
        return head.discarded_at is not None


class CorrectionIn(StrictSerializer):
    value = ValueField()
    base = serializers.IntegerField(min_value=1)
    seconds = serializers.FloatField(default=0.0)


class VersionOut(serializers.Serializer[Any]):
    version = serializers.IntegerField()
    value = serializers.JSONField()
    seconds = serializers.FloatField()
    ontology_version = serializers.IntegerField(source="ontology.version")
    guideline_version = serializers.IntegerField(source="guideline.version", allow_null=True, default=None)
    created_at = serializers.DateTimeField()


class ReviewIn(StrictSerializer):
    verdict = serializers.ChoiceField(choices=Verdict.choices)
    value = ValueField(required=False)
    code = serializers.CharField(max_length=60, default="", allow_blank=True)
    comment = serializers.CharField(max_length=10_000, default="", allow_blank=True)
    pin = ValueField(required=False, allow_null=True)
    version = serializers.IntegerField(min_value=1, required=False)
    seconds = serializers.FloatField(default=0.0)


class ReviewOut(serializers.Serializer[Any]):
    id = IdField()
    annotation = IdField(source="annotation_id")
    version = serializers.IntegerField()
    reviewer = serializers.SerializerMethodField()
    verdict = serializers.CharField()
    code = serializers.CharField()
    comment = serializers.CharField()
    pin = serializers.JSONField(allow_null=True)
    fix = IdField(source="fix_id", allow_null=True)
    reason = serializers.CharField()
    created_at = serializers.DateTimeField()
    undone_at = serializers.DateTimeField(allow_null=True)

    def get_reviewer(self, review: Review) -> dict[str, Any] | None:
        """Who gave the verdict."""
        return person_payload(review.reviewer, hidden=False)


class EntryOut(serializers.Serializer[Any]):
    """An answer that waits for a reviewer, and why; ``detail`` is the figure behind the reason."""

    id = IdField()
    annotation = serializers.SerializerMethodField()
    task = IdField(source="task_id")
    author = serializers.SerializerMethodField()
    reason = serializers.CharField()
    detail = serializers.FloatField(allow_null=True)
    created_at = serializers.DateTimeField()

    def get_annotation(self, entry: Any) -> str:
        """The answer to judge."""
        return str(entry.annotation_id or entry.seeded_id)

    def get_author(self, entry: Any) -> dict[str, Any] | None:
        """Whose answer; null in blind review."""
        return person_payload(entry.author, hidden=bool(self.context.get("hidden")))


class BulkAcceptIn(StrictSerializer):
    annotations = serializers.ListField(child=IdField(), min_length=1, max_length=500)


class RefusedOut(serializers.Serializer[Any]):
    annotation = IdField()
    message = serializers.CharField()


class BulkAcceptOut(serializers.Serializer[Any]):
    accepted = serializers.IntegerField()
    refused = RefusedOut(many=True)


class AdjudicationIn(StrictSerializer):
    value = ValueField(required=False)
    annotation = IdField(required=False)
    reason = serializers.CharField(max_length=10_000, default="", allow_blank=True)
    instead_of = IdField(required=False, allow_null=True)


class AdjudicationOut(serializers.Serializer[Any]):
    id = IdField()
    task = IdField(source="task_id")
    annotation = IdField(source="annotation_id", allow_null=True)
    value = serializers.JSONField()
    reason = serializers.CharField()
    created_at = serializers.DateTimeField()
