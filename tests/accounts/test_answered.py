"""What waits for the answer to be sent is done then, and at once where there is no request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse
from django.urls import path

from accounts.answered import once_answered

done: list[str] = []


def view(_request: HttpRequest) -> HttpResponse:
    once_answered(lambda: done.append("late"))
    done.append("view")
    return HttpResponse("answer")


def broken(_request: HttpRequest) -> HttpResponse:
    once_answered(lambda: done.append("late"))
    raise RuntimeError("broken")


urlpatterns = [path("", view), path("broken", broken)]


@pytest.fixture(autouse=True)
def server(settings: Any) -> Iterator[None]:
    """Without what Django does to connections of other tests, as its own test client does."""
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = []
    done.clear()
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def ask(address: str = "/") -> HttpResponse:
    """What the server has in hand before it sends it."""
    environ: dict[str, object] = {"PATH_INFO": address}
    setup_testing_defaults(environ)
    return WSGIHandler()(environ, lambda *_: None)  # type: ignore[arg-type, return-value]  # a server's own types


def test_it_works() -> None:
    response = ask()
    assert done == ["view"]
    response.close()
    assert done == ["view", "late"]


def test_the_next_request_does_nothing_twice() -> None:
    ask().close()
    ask().close()
    assert done == ["view", "late", "view", "late"]


def test_without_a_request_it_is_done_at_once() -> None:
    once_answered(lambda: done.append("now"))
    ask().close()
    once_answered(lambda: done.append("now"))
    assert done == ["now", "view", "late", "now"]


def test_a_page_that_fails_does_it_too() -> None:
    ask("/broken").close()
    assert done == ["late"]
