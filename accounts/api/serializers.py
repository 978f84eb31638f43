"""Bases of all serializers: unknown is an error, ids are strings."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from rest_framework import exceptions, serializers
from rest_framework.request import Request


class StrictSerializer(serializers.Serializer[Any]):
    """An input serializer that refuses fields it does not know."""

    def to_internal_value(self, data: Any) -> Any:
        """Validate; every unknown key is named."""
        if isinstance(data, dict):
            unknown = [key for key in data if key not in self.fields]
            if unknown:
                raise serializers.ValidationError(dict.fromkeys(unknown, "unknown field"))
        return super().to_internal_value(data)


def checked(kind: type[StrictSerializer], data: Any) -> dict[str, Any]:
    """The validated input of a request; 400 names what is wrong. For kinds that need no context.

    One serializer of each kind stays. To make one copies all its fields, and each copy counts itself on the
    class ``Field``, upon which the interpreter forgets where the attributes of all kinds of fields are.
    """
    try:
        values: dict[str, Any] = _kept(kind).run_validation(data)
    except exceptions.ValidationError:
        once = kind(data=data)
        once.is_valid(raise_exception=True)
        raise
    return values


@cache
def _kept(kind: type[StrictSerializer]) -> StrictSerializer:
    return kind()


class IdField(serializers.CharField):
    """A row's id as a string, in and out; what is not an id of ours simply does not exist."""

    def to_internal_value(self, data: Any) -> Any:
        """Return the integer; 400 for what cannot be an id."""
        text = super().to_internal_value(data)
        if not text.isascii() or not text.isdigit() or len(text) > 18:
            raise serializers.ValidationError("not found")
        return int(text)


def check_query(request: Request, allowed: Iterable[str]) -> None:
    """Refuse query parameters that the view does not know (400, each named)."""
    known = {*allowed, "cursor", "limit", "format"}
    unknown = [name for name in request.query_params if name not in known]
    if unknown:
        raise exceptions.ValidationError(dict.fromkeys(unknown, "unknown parameter"))
