"""JSON and the negotiation of it: the short ways end where the framework's own do."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.test import RequestFactory, override_settings
from django.utils.safestring import mark_safe
from rest_framework import negotiation, renderers
from rest_framework.exceptions import NotAcceptable
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from accounts.api.renderers import JSONRenderer, Negotiation
from annotate.api.payloads import stored_payload
from annotate.api.serializers import StoredAnswerOut
from annotate.models import Annotation, AnnotationVersion
from annotate.services.submit import Submitted
from config.headers import PolicyMiddleware
from config.request_log import RequestLog
from projects.models import Role

VALUE = {
    "text": "Zażółć \u2028 <b> \x07",
    "numbers": [0, -1, 2**63 - 1, 1.5, 1e300, True, None],
    "moments": [datetime(2026, 11, 28, 1, 2, 3, 4, UTC), datetime(2026, 1, 1, tzinfo=UTC), date(2026, 1, 2)],
    "others": [Decimal("1.50"), UUID(int=7), Role.MANAGER, mark_safe("x"), (1, 2), {3: {}}],
}


@pytest.mark.parametrize("value", [VALUE, [VALUE], 2**70, [], "", None])
def test_it_works(value: Any) -> None:
    ours, theirs = JSONRenderer().render(value), renderers.JSONRenderer().render(value)
    assert (ours and json.loads(ours)) == (theirs and json.loads(theirs))


def test_whoever_asks_for_lines_gets_them() -> None:
    asked = "application/json; indent=4"
    assert JSONRenderer().render(VALUE, asked) == renderers.JSONRenderer().render(VALUE, asked)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        *(
            {"accept": text}
            for text in ("application/json", "*/*", "text/html", "application/json; indent=2")
        ),
    ],
)
@pytest.mark.parametrize("query", ["", "format=json", "format=xml"])
def test_negotiation(headers: dict[str, str], query: str) -> None:
    request = Request(RequestFactory().get(f"/?{query}", headers=headers))
    found: list[Any] = []
    for way in (Negotiation(), negotiation.DefaultContentNegotiation()):
        try:
            found.append(way.select_renderer(request, [JSONRenderer()])[1])
        except Exception as refusal:
            found.append((type(refusal), str(refusal)))
    assert found[0] == found[1]
    if headers.get("accept") == "text/html" and not query:
        assert found[0][0] is NotAcceptable


def test_a_stored_answer_is_what_the_schema_says() -> None:
    head = Annotation(pk=5, assignment_id=6)
    version = AnnotationVersion(version=2, created_at=datetime(2026, 11, 28, 1, 2, 3, 4, UTC))
    stored = Submitted(head, version, created=True)
    ours = json.loads(JSONRenderer().render(stored_payload(stored)))
    assert ours == json.loads(JSONRenderer().render(StoredAnswerOut(stored.as_first_given()).data))


def test_the_policy_with_and_without_a_nonce() -> None:
    """The short way is for answers that used none; afterwards it cannot be asked for any more."""
    from csp.exceptions import CSPNonceError
    from csp.middleware import CSPMiddleware
    from django.http import HttpRequest, HttpResponse

    def plain(_request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    def page(request: HttpRequest) -> HttpResponse:
        return HttpResponse(str(request.csp_nonce))  # type: ignore[attr-defined]

    def own(_request: HttpRequest) -> HttpResponse:
        response = HttpResponse()
        response._csp_replace = {"script-src": ["https://example.org"]}  # type: ignore[attr-defined]
        return response

    for view in (plain, page, own):
        policies = []
        for middleware in (PolicyMiddleware, CSPMiddleware):
            request = RequestFactory().get("/")
            response: Any = middleware(view)(request)
            policy = set(response["Content-Security-Policy"].split("; "))
            assert view is not page or f"'nonce-{response.content.decode()}'" in str(policy)
            policies.append({part.replace(response.content.decode() or "-", "N") for part in policy})
            if view is plain:
                with pytest.raises(CSPNonceError):
                    str(request.csp_nonce)  # type: ignore[attr-defined]
        assert policies[0] == policies[1]


@pytest.mark.parametrize(
    ("proxies", "forwarded", "logged"),
    [(0, "6.6.6.6", "10.0.0.7"), (1, "6.6.6.6, 192.0.2.1", "192.0.2.1"), (1, "", "10.0.0.7")],
)
def test_the_address_in_the_log_is_nothing_that_a_client_made_up(
    proxies: int, forwarded: str, logged: str
) -> None:
    import structlog

    request = APIRequestFactory().get("/", REMOTE_ADDR="10.0.0.7", headers={"x-forwarded-for": forwarded})
    with override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=proxies), structlog.contextvars.bound_contextvars():
        RequestLog.bind_ip(request)
        assert structlog.contextvars.get_contextvars()["ip"] == logged
