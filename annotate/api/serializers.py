"""Inputs and outputs of the labeling routes."""

from typing import Any

from rest_framework import serializers

from accounts.api.serializers import IdField, StrictSerializer
from annotate.models import SkipReason

MOST_AT_ONCE = 50


class ValueField(serializers.JSONField):
    """An answer: a mapping from field name to value; what is in it is checked by the label types."""

    def to_internal_value(self, data: Any) -> Any:
        """Return the mapping; 400 for anything else."""
        if not isinstance(data, dict):
            raise serializers.ValidationError("must be an object")
        return data


class NextIn(StrictSerializer):
    count = serializers.IntegerField(min_value=1, max_value=MOST_AT_ONCE, default=1)


class DraftIn(StrictSerializer):
    value = ValueField()
    base = serializers.IntegerField(min_value=0, default=0)


class SubmitIn(StrictSerializer):
    value = ValueField()
    seconds = serializers.FloatField(default=0.0)
    next = serializers.IntegerField(min_value=0, max_value=MOST_AT_ONCE, default=0)


class SkipIn(StrictSerializer):
    reason = serializers.ChoiceField(choices=SkipReason.choices)
    comment = serializers.CharField(max_length=10_000, default="", allow_blank=True)
    next = serializers.IntegerField(min_value=0, max_value=MOST_AT_ONCE, default=0)


class DraftOut(serializers.Serializer[Any]):
    value = serializers.JSONField()
    revision = serializers.IntegerField()
    saved_at = serializers.DateTimeField()


class SavedDraftOut(serializers.Serializer[Any]):
    draft = DraftOut()
    expires = serializers.DateTimeField()


class AssignmentPredictionOut(serializers.Serializer[Any]):
    model = serializers.CharField()
    version = serializers.CharField()
    value = serializers.JSONField()


class ReworkReviewOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    comment = serializers.CharField()
    pin = serializers.JSONField(allow_null=True)


class ReworkOut(serializers.Serializer[Any]):
    value = serializers.JSONField()
    version = serializers.IntegerField()
    reviews = ReworkReviewOut(many=True)


class AssignmentOut(serializers.Serializer[Any]):
    """The same keys and types for every task: nothing tells how it was drawn."""

    id = IdField()
    data = serializers.JSONField()  # type: ignore[assignment]  # a field, taken out of the class by DRF
    meta = serializers.JSONField()
    media = serializers.JSONField()
    draft = DraftOut(allow_null=True)
    predictions = AssignmentPredictionOut(many=True)
    ontology_version = serializers.IntegerField()
    guideline_version = serializers.IntegerField(allow_null=True)
    expires = serializers.DateTimeField()
    rework = ReworkOut(allow_null=True)
    for_experts = serializers.BooleanField(
        help_text="Came to you as an expert: such items were too hard for somebody, or are kept for experts."
    )


class ReasonOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    text = serializers.CharField(allow_blank=True)
    guideline_version = serializers.IntegerField(allow_null=True)


class NextOut(serializers.Serializer[Any]):
    assignments = AssignmentOut(many=True)
    reason = ReasonOut(allow_null=True)


class StoredAnswerOut(serializers.Serializer[Any]):
    """Whether it came too late to count is not said here: gold never does, and would be known by that."""

    id = IdField()
    assignment = IdField(source="assignment_id")
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()


class SubmitOut(NextOut):
    annotation = StoredAnswerOut()
