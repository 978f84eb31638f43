"""JSON out, and which form an answer takes: what every request goes through."""

from collections.abc import Mapping
from typing import Any

import orjson
from rest_framework import negotiation, renderers
from rest_framework.request import Request
from rest_framework.utils.encoders import JSONEncoder

OPTIONS = orjson.OPT_NON_STR_KEYS | orjson.OPT_UTC_Z | orjson.OPT_PASSTHROUGH_DATACLASS
ANY_JSON = frozenset({"application/json", "*/*"})
ENCODER = JSONEncoder()


class JSONRenderer(renderers.JSONRenderer):
    """The framework's JSON, written by orjson; the framework's own way where a client asks for more."""

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        """Return the bytes. What orjson does not take (an integer beyond 64 bits) goes the old way."""
        if data is None:
            return b""
        if accepted_media_type in {None, self.media_type} and not (renderer_context or {}).get("indent"):
            try:
                return orjson.dumps(data, default=ENCODER.default, option=OPTIONS)
            except TypeError:
                pass
        return bytes(super().render(data, accepted_media_type, renderer_context))


class Negotiation(negotiation.DefaultContentNegotiation):
    """As the framework negotiates, with a short way for views that speak nothing but JSON."""

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[Any, str]:
        """Return the renderer and its media type."""
        first = renderers[0]
        asked = request.META.get("HTTP_ACCEPT", "*/*")
        simple = len(renderers) == 1 and format_suffix is None and asked in ANY_JSON
        if simple and first.media_type == "application/json" and not request.META.get("QUERY_STRING"):
            return first, first.media_type
        found: tuple[Any, str] = super().select_renderer(request, renderers, format_suffix)
        return found
