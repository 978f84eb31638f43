"""One line in the log for each request; its id in the answer, in every line and in the tasks it starts."""

import logging
import uuid
from functools import partial
from typing import cast

import structlog
from django.conf import settings
from django.contrib.auth.middleware import get_user
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject
from django_structlog.middlewares import RequestMiddleware
from django_structlog.middlewares.request import logger

from accounts.models import User

LEVELS = {4: logging.WARNING, 5: logging.ERROR}  # by the first digit of the status


class RequestLog(RequestMiddleware):
    """Logs the path without its query, which may hold tokens and what people search for.

    The lines are django-structlog's; what it asks at each request (settings that nobody set, whether this is
    a coroutine, signals that nobody hears) is not asked here.
    """

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Log the request around whatever answers it."""
        self.prepare(request)
        response = cast("HttpResponse", self.get_response(request))
        self.handle_response(request, response)
        return response

    def prepare(self, request: HttpRequest) -> None:
        """Begin a request: its id, who asks and from where stand in every line from here on."""
        structlog.contextvars.bind_contextvars(request_id=str(uuid.uuid4()))
        accessed = request.session.accessed
        request.user = get_user(request)
        request.session.accessed = accessed
        self.bind_user_id(request)
        self.bind_ip(request)
        logger.debug(
            "request_started",
            request=self.format_request(request),
            user_agent=request.META.get("HTTP_USER_AGENT"),
        )

    @staticmethod
    def bind_user_id(request: HttpRequest) -> None:
        """Log who asks.

        That their session was looked at for this makes no answer vary by it: whoever asks for the user
        after this does. A request that failed before it had a user has none.
        """
        if not hasattr(request, "user") or not hasattr(request, "session"):
            return
        accessed, user = request.session.accessed, request.user
        structlog.contextvars.bind_contextvars(user_id=user.pk)
        if not accessed:
            request.session.accessed = False
            request.user = SimpleLazyObject(partial(_asked_for, request, user))  # type: ignore[assignment]

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
        if response.streaming or hasattr(request, "_raised_exception"):
            super().handle_response(request, response)
            return
        self.bind_user_id(request)
        level = LEVELS.get(response.status_code // 100, logging.INFO)
        logger.log(level, "request_finished", code=response.status_code, request=self.format_request(request))
        structlog.contextvars.clear_contextvars()


def _asked_for(request: HttpRequest, user: User | AnonymousUser) -> User | AnonymousUser:
    request.session.accessed = True
    return user
