"""Inputs and outputs of the quality routes."""

from typing import Any

from rest_framework import serializers

from accounts.api.serializers import IdField, StrictSerializer


class GoldIn(StrictSerializer):
    """Give ``value`` or several accepted ``answers``; ``tolerance`` maps a field to a distance in [0, 1]."""

    task = IdField()
    value = serializers.JSONField(required=False)
    answers = serializers.ListField(child=serializers.JSONField(), required=False)
    tolerance = serializers.DictField(child=serializers.FloatField(), required=False, default=dict)
    explanation = serializers.CharField(required=False, default="", allow_blank=True, max_length=10_000)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Exactly one of the two ways to say what is right."""
        if ("value" in attrs) == ("answers" in attrs):
            raise serializers.ValidationError({"value": "give either value or answers"})
        return attrs

    def accepted(self) -> list[Any]:
        """The accepted answers."""
        data = self.validated_data
        return list(data["answers"]) if "answers" in data else [data["value"]]


class GoldOut(serializers.Serializer[Any]):
    id = IdField()
    task = IdField(source="task_id")
    answers = serializers.JSONField()
    tolerance = serializers.JSONField()
    explanation = serializers.CharField()
    created_at = serializers.DateTimeField()
    retired_at = serializers.DateTimeField(allow_null=True)
    graded = serializers.IntegerField(required=False)
    missed = serializers.IntegerField(required=False)
    contested = serializers.IntegerField(required=False)
    origin = serializers.CharField()
    discrimination = serializers.FloatField(allow_null=True)
    discrimination_low = serializers.FloatField(allow_null=True)
    discrimination_high = serializers.FloatField(allow_null=True)
    discrimination_people = serializers.IntegerField(required=False)


class ConsensusOut(serializers.Serializer[Any]):
    task = IdField(source="task_id")
    field = serializers.CharField()
    value = serializers.JSONField()
    majority = serializers.JSONField()
    probability = serializers.FloatField()
    distribution = serializers.JSONField()
    agreement = serializers.FloatField(allow_null=True)
    method = serializers.CharField()
    answers = serializers.IntegerField()
    computed_at = serializers.DateTimeField()


class AccuracyOut(serializers.Serializer[Any]):
    value = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    n = serializers.FloatField()


class AnnotatorOut(serializers.Serializer[Any]):
    id = IdField(source="membership.pk")
    user = IdField(source="membership.user_id")
    name = serializers.CharField()
    email = serializers.EmailField(source="membership.user.email")
    role = serializers.CharField(source="membership.role")
    paused_at = serializers.DateTimeField(source="membership.paused_at", allow_null=True)
    answers = serializers.IntegerField()
    discarded = serializers.IntegerField()
    seconds = serializers.FloatField(allow_null=True)
    last_active = serializers.DateTimeField(allow_null=True)
    gold = AccuracyOut(allow_null=True)
    consensus = AccuracyOut(allow_null=True)
    agreement = serializers.FloatField(allow_null=True)


class RoundIn(StrictSerializer):
    field = serializers.CharField(required=False, default="", max_length=100, allow_blank=True)


class RoundOut(serializers.Serializer[Any]):
    id = IdField()
    number = serializers.IntegerField()
    field = serializers.CharField()
    state = serializers.CharField()
    message = serializers.CharField()
    job = IdField(source="job_id", allow_null=True)
    labeled = serializers.IntegerField()
    evaluated = serializers.IntegerField()
    accuracy = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    ranked = serializers.IntegerField()
    predicted = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
