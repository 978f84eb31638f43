"""Pages whose head is sent before the rest of them is known."""

import re
from typing import Any

import pytest
from django.contrib import messages
from django.contrib.messages.storage.fallback import FallbackStorage
from django.db import connection, transaction
from django.http import HttpRequest, StreamingHttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from accounts.early import render_early
from tests.world import World, make_tasks, make_world

pytestmark = pytest.mark.django_db
OPENED = {"accept": "text/html,*/*;q=0.8", "sec-fetch-dest": "document"}
PAGE = "annotate/tasks.html"
# A new one with each answer.
TOKENS = re.compile(r'nonce="[^"]*"|"csrf-token" content="[^"]*"|"csrfmiddlewaretoken" value="[^"]*"')


def world_with(tasks: int) -> tuple[World, Client]:
    world = make_world()
    make_tasks(world.project, tasks)
    client = Client()
    client.force_login(world.max)
    return world, client


def opened(world: World) -> HttpRequest:
    request = RequestFactory(headers=OPENED).get("/")
    request.user, request.session = world.max, {}  # type: ignore[assignment]
    request._messages = FallbackStorage(request)  # type: ignore[attr-defined]
    return request


@pytest.mark.parametrize("tab", ["data", "label"])
def test_a_window_gets_the_head_before_the_database_is_asked_for_more(tab: str) -> None:
    world, client = world_with(tasks=3)
    answer: Any = client.get(f"/projects/{world.project.pk}/{tab}/", headers=OPENED)
    parts = iter(answer.streaming_content)
    with CaptureQueriesContext(connection) as nothing:
        head = next(parts).decode()
    with CaptureQueriesContext(connection) as rest:
        body = b"".join(parts).decode()
    assert not nothing
    assert len(rest) > 3
    assert head.startswith("<!doctype html>")
    assert "<link " in head
    assert "<body" not in head
    assert body.count("<body") == body.count("</html>") == 1
    assert "<!doctype" not in body


@pytest.mark.parametrize("tab", ["data", "label"])
def test_the_parts_are_the_whole_page(tab: str) -> None:
    world, client = world_with(tasks=0)
    address = f"/projects/{world.project.pk}/{tab}/"
    parts = client.get(address, headers=OPENED).getvalue().decode()
    whole = client.get(address).content.decode()
    varies = re.compile(r'"now": "[^"]*"|"drawing": .*?(?=</script>)')
    parts, whole = (varies.sub("", TOKENS.sub("", text)) for text in (parts, whole))
    assert parts.split() == whole.split()


def test_one_nonce_holds_for_both_parts() -> None:
    world, client = world_with(tasks=0)
    answer = client.get(f"/projects/{world.project.pk}/label/", headers=OPENED)
    nonces = set(re.findall(r'nonce="([^"]+)"', answer.getvalue().decode()))
    assert len(nonces) == 1
    assert f"'nonce-{nonces.pop()}'" in answer.headers["Content-Security-Policy"]
    assert any(name.startswith("csrf") for name in answer.cookies)


def test_scripts_and_htmx_get_it_whole() -> None:
    world, client = world_with(tasks=1)
    address = f"/projects/{world.project.pk}/data/"
    for headers in ({}, OPENED | {"sec-fetch-dest": "empty"}, OPENED | {"hx-request": "true"}):
        assert not client.get(address, headers=headers).streaming


def test_a_wrong_filter_keeps_its_status() -> None:
    world, client = world_with(tasks=1)
    answer = client.get(f"/projects/{world.project.pk}/data/?order=color", headers=OPENED)
    assert answer.status_code == 400
    assert not answer.streaming


def test_a_message_is_shown_once() -> None:
    world, _ = world_with(tasks=0)
    request = opened(world)
    messages.success(request, "Kept it.")
    answer = render_early(request, PAGE, {"project": world.project}, dict)
    assert request._messages.used, "or the middleware would keep it for the next page"  # type: ignore[attr-defined]
    assert answer.getvalue().decode().count("Kept it.") == 1  # type: ignore[attr-defined]


def test_what_fails_late_says_so_in_the_page() -> None:
    world, _ = world_with(tasks=0)

    def rest() -> dict[str, Any]:
        raise RuntimeError("half way")

    answer = render_early(opened(world), PAGE, {"project": world.project}, rest)
    assert isinstance(answer, StreamingHttpResponse)
    text = answer.getvalue().decode()
    assert "Something broke on our side" in text
    assert text.count("<body") == text.count("</html>") == text.count("<head>") == 1
    assert "half way" not in text


def test_what_takes_too_long_says_so_in_the_page() -> None:
    world, _ = world_with(tasks=0)

    def rest() -> dict[str, Any]:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 1")
            cursor.execute("SELECT pg_sleep(1)")
        return {}

    answer: Any = render_early(opened(world), PAGE, {"project": world.project}, rest)
    assert "This took too long" in answer.getvalue().decode()
