"""A client that stops in the middle holds nothing: no lock, no transaction."""

import json
import socket
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

from accounts.models import User
from accounts.services.tokens import create_token
from tests.annotate.steps import answer, hand_out
from tests.processes import LiveWeb
from tests.world import World, make_tasks, make_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

SECONDS = 20
OPEN_ELSEWHERE = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
"""


@contextmanager
def connected(web: LiveWeb) -> Iterator[socket.socket]:
    """A connection of our own to the web server."""
    address = urllib.parse.urlsplit(web.url)
    with socket.create_connection((address.hostname, address.port), timeout=SECONDS) as found:
        yield found


def request(world: World, user: User, path: str, body: bytes) -> bytes:
    """The bytes of a request."""
    _, token = create_token(
        user=user, organization=world.organization, name="test", scopes=["annotate", "read"]
    )
    lines = [
        f"POST /api/v1{path} HTTP/1.1",
        "Host: localhost",
        f"Authorization: Bearer {token}",
        "Content-Type: application/json",
        "Idempotency-Key: k",
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


def assert_nothing_is_open() -> None:
    """No other connection is in a transaction, now or as soon as it has done what it was doing."""
    until = time.monotonic() + SECONDS
    with connection.cursor() as cursor:
        while True:
            cursor.execute(OPEN_ELSEWHERE)
            if cursor.fetchone()[0] == 0:
                return
            assert time.monotonic() < until, "a transaction is left open"
            time.sleep(0.05)


def test_half_an_answer_and_a_reply_that_nobody_reads(live_web: LiveWeb) -> None:
    world = make_world(overlap=2)
    make_tasks(world.project, 10)
    (held,) = hand_out(world.project, world.ann)
    body = json.dumps({"value": {"sentiment": "positive"}, "next": 1}).encode()
    submit = request(world, world.ann, f"/assignments/{held['id']}/submit/", body)
    draw = request(world, world.rita, f"/projects/{world.project.pk}/next/", b'{"count": 5}')
    with connected(live_web) as stalled, connected(live_web) as deaf:
        stalled.sendall(submit[:-10])
        deaf.sendall(draw)
        assert deaf.recv(1), "it was answered"  # and the rest is left where it is
        assert_nothing_is_open()
        for row in hand_out(world.project, world.abe, 5):  # the same tasks
            answer(world.abe, row)
        assert_nothing_is_open()
        stalled.sendall(submit[-10:])
        assert stalled.recv(12) == b"HTTP/1.1 201"
