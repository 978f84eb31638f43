"""One line in the log for each request; its id in the answer, in every line and in the tasks it starts."""

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django_structlog.middlewares import RequestMiddleware


class RequestLog(RequestMiddleware):
    """Logs the path without its query, which may hold tokens and what people search for."""

    @classmethod
    def bind_ip(cls, request: HttpRequest) -> None:
        """Log who asks: the other end, or behind a proxy what the last of its hands wrote down."""
        address = str(request.META.get("REMOTE_ADDR", ""))
        if settings.ALLAUTH_TRUSTED_PROXY_COUNT:
            address = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip() or address
        structlog.contextvars.bind_contextvars(ip=address)

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        """Return what stands in the log for a request."""
        return f"{request.method} {request.path}"

    def handle_response(self, request: HttpRequest, response: HttpResponse) -> None:
        """Log the end, and tell the client the id under which an operator finds it."""
        response.headers["X-Request-ID"] = structlog.contextvars.get_contextvars().get("request_id", "")
        super().handle_response(request, response)
