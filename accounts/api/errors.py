"""One error shape for the whole API: ``{"error": {"code", "message", "fields"}}``."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from accounts.errors import Conflict, DomainError, FieldError, Missing, took_too_long
from labeltypes.base import Invalid


def error_body(code: str, message: str, fields: tuple[FieldError, ...] = ()) -> dict[str, Any]:
    """The error shape; ``fields`` name the places in the input that are wrong."""
    return {
        "error": {
            "code": code,
            "message": message,
            "fields": [{"path": field.path, "message": field.message} for field in fields],
        }
    }


def handle(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Turn any refusal into the one shape; None (a 500) for what is our own fault."""
    set_rollback()
    exc = _translated(exc)
    if isinstance(exc, Invalid):
        problems = tuple(FieldError(problem.path, problem.message) for problem in exc.problems)
        return Response(error_body("invalid", "The value is not valid.", problems), status=400)
    if isinstance(exc, DomainError):
        body = error_body(exc.code, exc.message, exc.fields)
        if isinstance(exc, Conflict) and exc.current is not None:
            body["current"] = exc.current
        return Response(body, status=exc.status)
    if isinstance(exc, exceptions.APIException):
        return _from_framework(exc)
    return _too_slow() if took_too_long(exc) else None


def _translated(exc: Exception) -> Exception:
    """Django's own refusals as those that stand for them here."""
    if isinstance(exc, Http404):
        return Missing()
    if isinstance(exc, PermissionDenied):
        return exceptions.PermissionDenied()
    if isinstance(exc, DjangoValidationError):
        return exceptions.ValidationError(detail=exc.messages)
    return exc


def _too_slow() -> Response:
    message = "The database gave up on this, so that others need not wait. Ask for less: one more filter."
    return Response(error_body("too_slow", message), status=503)


def _from_framework(exc: exceptions.APIException) -> Response:
    headers: dict[str, str] = {}
    if wait := getattr(exc, "wait", None):
        headers["Retry-After"] = str(int(wait))
    if auth := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = auth
    if isinstance(exc, exceptions.ValidationError):
        fields = tuple(_flatten(exc.detail, ""))
        return Response(error_body("invalid", "The request is not valid.", fields), status=400)
    code = str(getattr(exc.detail, "code", exc.default_code))
    return Response(error_body(code, str(exc.detail)), status=exc.status_code, headers=headers)


def _flatten(detail: Any, path: str) -> Iterator[FieldError]:
    if isinstance(detail, dict):
        for key, value in detail.items():
            name = "" if key == "non_field_errors" else str(key)
            step = f"[{key}]" if isinstance(key, int) else (f".{name}" if path and name else name)
            yield from _flatten(value, path + step)
    elif isinstance(detail, list):
        for index, value in enumerate(detail):
            nested = isinstance(value, dict | list)
            yield from _flatten(value, f"{path}[{index}]" if nested else path)
    else:
        yield FieldError(path, str(detail))
