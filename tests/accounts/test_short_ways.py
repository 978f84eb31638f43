"""What every request goes through, in short: it ends where the frameworks' own ways end."""

from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.core.handlers.base import BaseHandler
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.test import Client, RequestFactory, override_settings
from django_prometheus.middleware import PrometheusAfterMiddleware
from django_structlog.middlewares import RequestMiddleware
from prometheus_client import REGISTRY
from rest_framework import authentication, exceptions, serializers, views
from rest_framework.request import Request

from accounts.api.authentication import SessionAuthentication
from accounts.api.parsers import StrictJSONParser
from accounts.api.serializers import StrictSerializer, checked
from accounts.models import User
from accounts.sessions import SessionStore
from annotate.api.assignments import DraftView, NextView, ReleaseView, SkipView, SubmitView
from annotate.api.serializers import DraftIn, NextIn, SkipIn, SubmitIn
from config.metrics import RequestMetrics
from config.request_log import RequestLog
from tests.world import make_world

GIVEN: list[Any] = [
    {},
    None,
    [],
    "text",
    {"value": {"a": 1}, "seconds": "2.5", "next": 3},
    {"value": {"a": 1}, "seconds": None, "next": -1},
    {"value": [1], "base": 0},
    {"value": {}, "base": "x", "more": 1},
    {"count": 51},
    {"count": "7"},
    {"reason": "broken", "comment": "", "next": 0},
    {"reason": "no such", "comment": "x" * 10_001},
]


@pytest.mark.parametrize("kind", [NextIn, DraftIn, SubmitIn, SkipIn])
@pytest.mark.parametrize("given", GIVEN)
def test_input_is_checked_as_by_a_serializer_of_its_own(kind: type[StrictSerializer], given: Any) -> None:
    def slow() -> Any:
        once = kind(data=given)
        once.is_valid(raise_exception=True)
        return dict(once.validated_data)

    found: list[Any] = []
    for way in (slow, lambda: checked(kind, given)):
        try:
            found.append(way())
        except serializers.ValidationError as refusal:
            found.append((refusal.detail, refusal.get_codes()))
    assert found[0] == found[1]


def test_no_fields_are_made_for_a_request() -> None:
    checked(NextIn, {"count": 1})
    before = serializers.Field._creation_counter
    checked(NextIn, {"count": 2})
    assert serializers.Field._creation_counter == before


SECRET, OTHER = "a" * 32, "b" * 32


@pytest.mark.parametrize("content_type", ["application/json", "application/x-www-form-urlencoded"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
@pytest.mark.parametrize(
    ("cookie", "headers"),
    [
        (SECRET, {"x-csrftoken": SECRET}),
        (SECRET, {"x-csrftoken": OTHER}),
        (SECRET, {"x-csrftoken": "short"}),
        (SECRET, {}),
        ("", {"x-csrftoken": SECRET}),
        ("short", {"x-csrftoken": "short"}),
        (SECRET, {"x-csrftoken": SECRET, "origin": "http://testserver"}),
        (SECRET, {"x-csrftoken": SECRET, "origin": "http://evil.example"}),
        (SECRET, {"x-csrftoken": SECRET, "origin": "null"}),
    ],
)
def test_forged_requests_are_refused_as_by_the_framework(
    cookie: str, headers: dict[str, str], method: str, content_type: str, settings: Any
) -> None:
    found = []
    for way in (SessionAuthentication(), authentication.SessionAuthentication()):
        asked = RequestFactory().generic(method, "/", "{}", content_type, headers=headers)
        asked.user = User(pk=7)
        if cookie:
            asked.COOKIES[settings.CSRF_COOKIE_NAME] = cookie
        try:
            found.append(way.authenticate(Request(asked, parsers=[StrictJSONParser()])))
        except exceptions.APIException as refusal:
            found.append((type(refusal), str(refusal)))
    assert found[0] == found[1]


@pytest.mark.parametrize("view", [NextView, DraftView, SubmitView, SkipView, ReleaseView])
def test_the_methods_of_a_view(view: type[views.APIView]) -> None:
    assert view().allowed_methods == view()._allowed_methods()


def test_a_session_means_what_its_text_says(caplog: pytest.LogCaptureFixture) -> None:
    store, text = SessionStore(), db.SessionStore().encode({"who": [1]})
    first = store.decode(text)
    assert first == {"who": [1]}
    first["who"].append(2)
    assert store.decode(text) == {"who": [1]}
    for times in (1, 2):
        assert store.decode(f"{text[:-1]}{'A' if text[-1] != 'A' else 'B'}") == {}
        assert caplog.messages == ["Session data corrupted"] * times
    with override_settings(SECRET_KEY="another" * 9):
        assert store.decode(text) == {}


@pytest.mark.django_db
@pytest.mark.parametrize("ended", ["session", "person", "password"])
def test_whoever_was_signed_out_is_out_at_once(client: Client, ended: str) -> None:
    ann = make_world().ann
    client.force_login(ann)
    assert client.get("/api/v1/projects/").status_code == 200
    if ended == "session":
        Session.objects.all().delete()
    else:
        ann.is_active = ended != "person"
        ann.set_password("another long word")
        ann.save()
    assert client.get("/api/v1/projects/").status_code == 401


def plain(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("x")


def missing(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=404)


def down(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=503)


def stream(_request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(iter(["a", "b"]))


def personal(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(request.user.pk))


def signing_in(request: HttpRequest) -> HttpResponse:
    request.user = User(pk=8)
    return HttpResponse()


class Unseen:
    """Django's request handler, of which only the error's signal is wanted."""

    def __init__(self, failure: Exception) -> None:
        self.failure = failure

    def __call__(self, request: HttpRequest) -> HttpResponse:
        from django.core.signals import got_request_exception

        try:
            raise self.failure
        except type(self.failure):
            got_request_exception.send(sender=BaseHandler, request=request)
        return HttpResponse(status=500)


@pytest.fixture
def _lines() -> Iterator[None]:
    structlog.contextvars.clear_contextvars()
    yield
    structlog.contextvars.clear_contextvars()


@pytest.mark.usefixtures("_lines")
@pytest.mark.parametrize(
    "view",
    [plain, missing, down, stream, personal, signing_in, Unseen(ValueError()), Unseen(PermissionDenied())],
)
def test_the_log_says_what_the_library_says(view: Any) -> None:
    """The lines, and whether the answer varies by the session: it does if somebody asked who it is."""
    found = []
    for middleware in (RequestLog, RequestMiddleware):
        request = RequestFactory().post("/somewhere", headers={"user-agent": "Browser"})
        request.session = SessionStore()
        request.user, request._cached_user = AnonymousUser(), User(pk=7)  # type: ignore[attr-defined]
        request.user = User(pk=7)
        with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
            answer: Any = middleware(view)(request)
            if answer.streaming:
                assert b"".join(answer.streaming_content) == b"ab"
        for line in lines:
            line.pop("request_id")
        found.append((lines, request.session.accessed, structlog.contextvars.get_contextvars()))
    assert found[0] == found[1]
    assert found[0][0][0]["event"] == "request_started"


@pytest.mark.usefixtures("_lines")
def test_a_failure_before_anybody_is_known_is_logged() -> None:
    middleware = RequestLog(plain)
    with structlog.testing.capture_logs() as lines:
        Unseen(ValueError())(RequestFactory().get("/"))
    assert {(line["event"], line["code"]) for line in lines} == {("request_failed", 500)}
    assert middleware is not None


def counted() -> dict[tuple[str, Any], float]:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for metric in REGISTRY.collect()
        for sample in metric.samples
        if sample.name.startswith("django_http")
        and "seconds" not in sample.name
        and "created" not in sample.name
    }


def growth(middleware: type[PrometheusAfterMiddleware], view: Any, **headers: str) -> dict[Any, float]:
    def get_response(request: HttpRequest) -> HttpResponseBase:
        answer: HttpResponseBase = view(request)
        return answer

    before = counted()
    for _ in range(2):
        request = RequestFactory().post("/", data={"a": "bc"}, headers=headers)
        list(middleware(get_response)(request))  # to its end, as a server does
    return {name: value - before.get(name, 0) for name, value in counted().items()}


@pytest.mark.parametrize("headers", [{}, {"x-requested-with": "XMLHttpRequest"}])
@pytest.mark.parametrize("view", [plain, missing, stream])
def test_requests_are_counted_as_by_the_library(view: Any, headers: dict[str, str]) -> None:
    found = growth(RequestMetrics, view, **headers)
    assert found == growth(PrometheusAfterMiddleware, view, **headers)
    assert sum(found.values())


def test_what_is_made_while_it_is_sent_took_until_its_end() -> None:
    def answers() -> float:
        return sum(
            value for (name, _), value in counted().items() if "responses_total_by_status_total" in name
        )

    answer: Any = RequestMetrics(stream)(RequestFactory().get("/"))
    before = answers()
    content = iter(answer)
    next(content)
    assert answers() == before
    list(content)
    assert answers() == before + 1
