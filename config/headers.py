"""Headers of every answer, and the check of the host before anything else answers."""

from collections.abc import Callable

import structlog
from csp.constants import HEADER, NONCE, NONE, SELF
from csp.middleware import CheckableLazyObject, CSPMiddleware
from csp.utils import build_policy
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponseBadRequest
from django.http.response import HttpResponseBase

log = structlog.get_logger(__name__)

CSP_DIRECTIVES: dict[str, list[object]] = {
    "default-src": [NONE],
    "script-src": [SELF, NONCE],
    "style-src": [SELF],
    "font-src": [SELF],
    "img-src": [SELF, "blob:", "data:"],
    "media-src": [SELF, "blob:"],
    "connect-src": [SELF],
    "worker-src": [SELF, "blob:"],
    "manifest-src": [SELF],
    "object-src": [NONE],
    "base-uri": [NONE],
    "form-action": [SELF],
    "frame-ancestors": [NONE],
}
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
# What a browser says of who began a navigation where it was no other site: the person, or a page of ours.
OURS = frozenset({"none", "same-origin"})
# Probes inside the network ask by address, not by name; they get a word and no links.
PROBE_PATHS = frozenset({"/healthz", "/readyz", "/metrics"})


class HeadersMiddleware:
    """Refuses unknown hosts on every route, static files too, and sets the headers Django does not."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer 400 for a host that is not ours; DNS rebinding ends here."""
        response = self.get_response(request) if self._is_for_us(request) else HttpResponseBadRequest()
        if request.headers.get("Sec-Fetch-Site") in OURS:
            # No other site holds this window, so there is nothing to cut off: the policy would only make the
            # browser throw away the process that it has begun to start for the page (ADR 31).
            response.headers["Cross-Origin-Opener-Policy"] = "unsafe-none"
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        # What a person saw must not be there after they sign out: only static files and media say otherwise.
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    @staticmethod
    def _is_for_us(request: HttpRequest) -> bool:
        try:
            if request.path not in PROBE_PATHS:
                host = request.get_host()
                # Two more middlewares ask, and Django checks it anew for each.
                request.get_host = lambda: host  # type: ignore[method-assign]
            return True
        except DisallowedHost:
            log.warning("foreign_host", host=request.META.get("HTTP_HOST", "")[:100])
            return False


class PolicyMiddleware(CSPMiddleware):
    """django-csp's, which puts the policy together anew for every answer: here only where it has a nonce."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        super().__init__(get_response)
        self._without_nonce = build_policy()

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Set the header; a view that changes its own policy (``_csp_...``) gets django-csp's whole way."""
        used = getattr(request, "_csp_nonce", None) is not None
        if used or any(name.startswith("_csp") for name in vars(response)):
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, self._without_nonce)
        request.csp_nonce = CheckableLazyObject(self._csp_nonce_post_response)  # type: ignore[attr-defined]
        return response
