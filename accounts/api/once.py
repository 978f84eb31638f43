"""The optional Idempotency-Key of requests that make something."""

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from accounts.services.once import check_key

KEY_HEADER = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="Made by the client. A repeat with the same key and body returns what the first one made.",
)


def key_of(request: Request) -> str:
    """The request's key; empty without one. Raises DomainError for one that is none."""
    key = str(request.headers.get("Idempotency-Key", ""))
    if key:
        check_key(key)
    return key
