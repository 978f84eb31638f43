"""What the routes of agreement answer."""

from typing import Any

from rest_framework import serializers

from accounts.api.serializers import IdField


class AgreementOut(serializers.Serializer[Any]):
    """``value`` is null where the coefficient is undefined; ``undefined`` says why."""

    field = serializers.CharField()
    coefficient = serializers.CharField()
    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    undefined = serializers.CharField()
    items = serializers.IntegerField()
    answers = serializers.IntegerField()
    raters = serializers.IntegerField(allow_null=True)
    computed_at = serializers.DateTimeField()


class ClassAgreementOut(serializers.Serializer[Any]):
    """``alpha``: of having the class or not; ``specific``: if one gives it, how often another does too."""

    name = serializers.CharField()
    items = serializers.IntegerField()
    answers = serializers.IntegerField()
    alpha = serializers.FloatField(allow_null=True)
    alpha_low = serializers.FloatField(allow_null=True)
    alpha_high = serializers.FloatField(allow_null=True)
    alpha_undefined = serializers.CharField()
    specific = serializers.FloatField(allow_null=True)
    specific_low = serializers.FloatField(allow_null=True)
    specific_high = serializers.FloatField(allow_null=True)
    specific_undefined = serializers.CharField()


class NamedOut(serializers.Serializer[Any]):
    id = IdField()
    name = serializers.CharField()


class _Between(serializers.Serializer[Any]):
    """Figures are null where ``too_few`` tasks are shared."""

    items = serializers.IntegerField()
    too_few = serializers.BooleanField()
    differ = serializers.IntegerField(allow_null=True)
    agreement = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    corrected = serializers.FloatField(allow_null=True)
    corrected_low = serializers.FloatField(allow_null=True)
    corrected_high = serializers.FloatField(allow_null=True)


class PersonAgreementOut(_Between):
    user = NamedOut()


class PairAgreementOut(_Between):
    first = NamedOut()
    second = NamedOut()


class DifferenceOut(serializers.Serializer[Any]):
    """Answers as they are now: null where one was taken back; ``nearness`` 1 if they are the same by now."""

    task = IdField(source="item.task.pk")
    first = serializers.JSONField()
    second = serializers.JSONField()
    nearness = serializers.FloatField(allow_null=True)


class SliceAgreementOut(serializers.Serializer[Any]):
    """``kind``: meta, guideline or week; ``difference`` is alpha minus that of the rest, tested by ``p``."""

    kind = serializers.CharField()
    key = serializers.CharField()
    name = serializers.CharField()
    items = serializers.IntegerField()
    answers = serializers.IntegerField()
    alpha = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    undefined = serializers.CharField()
    agreement = serializers.FloatField()
    agreement_low = serializers.FloatField()
    agreement_high = serializers.FloatField()
    difference = serializers.FloatField(allow_null=True)
    p = serializers.FloatField(allow_null=True)
    adjusted = serializers.FloatField(allow_null=True)
    differs = serializers.BooleanField()
