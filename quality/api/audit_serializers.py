"""Inputs and outputs of the audit routes."""

from typing import Any

from rest_framework import serializers

from accounts.api.serializers import IdField, StrictSerializer
from quality.reports.audits import AuditReport
from quality.services.audits import AuditAnswer, AuditPlan


class AuditIn(StrictSerializer):
    """``by``: ``class``, ``meta`` (with ``meta_key``) or empty. Give ``size`` or ``half_width``."""

    target = serializers.FloatField()
    field = serializers.CharField(required=False, default="", max_length=100, allow_blank=True)
    by = serializers.ChoiceField(["", "class", "meta"], required=False, default="", allow_blank=True)
    meta_key = serializers.CharField(required=False, default="", max_length=100, allow_blank=True)
    size = serializers.IntegerField(required=False, allow_null=True, default=None)
    half_width = serializers.FloatField(required=False, allow_null=True, default=None)
    expected = serializers.FloatField(required=False, default=0.95)
    tolerance = serializers.FloatField(required=False, default=0.0)
    seed = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=0, max_value=2**53
    )

    def plan(self) -> AuditPlan:
        """What was asked for."""
        return AuditPlan(**self.validated_data)


class MoreIn(StrictSerializer):
    more = serializers.IntegerField()


class JudgementIn(StrictSerializer):
    """``value`` as an annotation's, or ``unclear`` where nobody can tell."""

    value = serializers.JSONField(required=False, default=None)
    unclear = serializers.BooleanField(required=False, default=False)
    comment = serializers.CharField(required=False, default="", allow_blank=True, max_length=10_000)
    seconds = serializers.FloatField(required=False, default=0.0, min_value=0, max_value=86_400)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Exactly one of the two."""
        if (attrs["value"] is None) != attrs["unclear"]:
            raise serializers.ValidationError({"value": "give a value, or unclear: true"})
        return attrs

    def answer(self) -> AuditAnswer:
        """What the auditor says."""
        data = self.validated_data
        return AuditAnswer(data["value"], data["unclear"], data["comment"], data["seconds"])


class IntervalOut(serializers.Serializer[Any]):
    value = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    confidence = serializers.FloatField()


class StratumOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    population = serializers.IntegerField()
    drawn = serializers.IntegerField()
    judged = serializers.IntegerField()
    right = serializers.IntegerField(allow_null=True)


class AuditOut(serializers.Serializer[Any]):
    """``estimate``, ``rule`` and ``decision`` (accept, reject, more) are null until everything is judged."""

    id = IdField()
    number = serializers.IntegerField()
    state = serializers.CharField()
    message = serializers.CharField()
    job = IdField(allow_null=True)
    field = serializers.CharField()
    by = serializers.CharField()
    meta_key = serializers.CharField()
    target = serializers.FloatField()
    tolerance = serializers.FloatField()
    seed = serializers.IntegerField()
    look = serializers.IntegerField()
    population = serializers.IntegerField()
    drawn = serializers.IntegerField()
    judged = serializers.IntegerField()
    unclear = serializers.IntegerField()
    strata = StratumOut(many=True)
    estimate = IntervalOut(allow_null=True)
    rule = IntervalOut(allow_null=True)
    decision = serializers.CharField(allow_null=True)
    more_needed = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class AuditItemOut(serializers.Serializer[Any]):
    """A judged item. ``audited`` is the task's value as it was when drawn."""

    id = IdField()
    task = IdField(source="task_id")
    position = serializers.IntegerField()
    stratum = serializers.IntegerField()
    audited = serializers.JSONField(source="value")
    judgement = serializers.JSONField(allow_null=True)
    right = serializers.BooleanField(source="is_right")
    unclear = serializers.BooleanField(source="is_unclear")
    comment = serializers.CharField()
    judged_at = serializers.DateTimeField()


class NextItemOut(serializers.Serializer[Any]):
    """An item without its label; null when there is none for this person."""

    item = serializers.JSONField(allow_null=True)
    left = serializers.IntegerField()


def audit_out(report: AuditReport) -> dict[str, Any]:
    """The report as the API gives it."""
    sample = report.sample
    is_done = report.found is not None
    plain = [
        "number",
        "state",
        "message",
        "field",
        "by",
        "meta_key",
        "target",
        "tolerance",
        "seed",
        "look",
        "created_at",
        "finished_at",
    ]
    return {
        "id": str(sample.pk),
        "job": str(sample.job_id) if sample.job_id else None,
        **{name: getattr(sample, name) for name in plain},
        "population": report.population,
        "drawn": report.drawn,
        "judged": report.judged,
        "unclear": report.unclear,
        "strata": [
            {
                "name": each.name,
                "population": each.population,
                "drawn": each.drawn,
                "judged": each.judged,
                "right": each.right if is_done else None,
            }
            for each in report.strata
        ],
        "estimate": _interval(report, "found"),
        "rule": _interval(report, "strict"),
        "decision": report.decision,
        "more_needed": report.more,
    }


def _interval(report: AuditReport, name: str) -> dict[str, float] | None:
    found = getattr(report, name)
    if found is None:
        return None
    bounds = found.interval
    return {
        "value": found.value,
        "low": bounds.low,
        "high": bounds.high,
        "confidence": bounds.confidence,
    }
