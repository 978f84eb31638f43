"""A page whose head is sent before what takes time is known.

A browser starts a process for a page, reads its style sheets and gets fonts and scripts ready once the first
bytes are there: all that is done while the database still works. Whether somebody may see the page, its
status and its cookies are known before. What fails later can be no other page, and says so in this one.
"""

from collections.abc import Callable, Iterator
from typing import Any

import structlog
from django.contrib.messages import get_messages
from django.db import OperationalError
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string

from accounts.errors import took_too_long
from accounts.templatetags.early import SENT, Head

LATE = "errors/late.html"

log = structlog.get_logger(__name__)


def is_opened(request: HttpRequest) -> bool:
    """Whether a window asks, for somebody to see it: no script, and no browser that only prepares a page."""
    purpose = request.headers.get("Sec-Purpose", request.headers.get("Purpose", ""))
    target = request.headers.get("Sec-Fetch-Dest", "document")
    asks_for_page = request.method == "GET" and "text/html" in request.headers.get("Accept", "")
    return asks_for_page and target == "document" and "prefetch" not in purpose


def render_early(
    request: HttpRequest, template: str, known: dict[str, Any], rest: Callable[[], dict[str, Any]]
) -> HttpResponseBase:
    """Render a page: to a window its head from what is ``known``, then the body with the ``rest``.

    Whoever else asks gets it whole, with a length and the status of what failed.
    """
    if not is_opened(request) or "HX-Request" in request.headers:
        return render(request, template, known | rest())
    # Read now: what has been shown is forgotten when the headers are written.
    known = known | {"messages": list(get_messages(request))}
    return StreamingHttpResponse(_parts(request, template, _head(request, template, known), known, rest))


def _head(request: HttpRequest, template: str, known: dict[str, Any]) -> str:
    try:
        render_to_string(template, known | {SENT: False}, request)
    except Head as head:
        return head.text
    raise ValueError(f"{template} has no head that can be sent early.")


def _parts(
    request: HttpRequest,
    template: str,
    head: str,
    known: dict[str, Any],
    rest: Callable[[], dict[str, Any]],
) -> Iterator[str]:
    yield head
    try:
        yield render_to_string(template, known | rest() | {SENT: True}, request)
    except Exception as failure:  # whatever it is: half a page would say nothing
        slow = isinstance(failure, OperationalError) and took_too_long(failure)
        log.exception("page_failed_late", request=f"{request.method} {request.path}", slow=slow)
        yield render_to_string(LATE, {"slow": slow, SENT: True}, request)
