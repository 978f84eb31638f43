"""Clients that send their body byte by byte or do not read: they get no more of a thread's time than agreed.

What they hold meanwhile is in test_stalled_clients.py: no transaction and no lock.
"""

import socket
import time
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from gunicorn.http.unreader import SocketUnreader

from config import slow_clients


@pytest.fixture
def ends(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[socket.socket, SocketUnreader]]:
    """The client's end of a connection, and the web's, whose request has just begun."""
    monkeypatch.setattr(slow_clients, "SILENCE", 0.2)
    monkeypatch.setattr(slow_clients, "SLOWEST", 100)
    client, web = socket.socketpair()
    with client, web:
        unreader = SocketUnreader(web)
        slow_clients.set_pace(SimpleNamespace(unreader=unreader))
        yield client, unreader


Ends = tuple[socket.socket, SocketUnreader]


def test_who_sends_nothing_is_given_up(ends: Ends) -> None:
    client, web = ends
    client.sendall(b"{")
    assert web.chunk() == b"{"
    with pytest.raises(TimeoutError):
        web.chunk()


def test_who_sends_byte_by_byte_is_given_up(ends: Ends) -> None:
    """Each comes soon enough, but at this pace the whole would take for ever."""
    client, web = ends

    def trickle() -> None:
        while True:
            client.sendall(b".")
            web.chunk()
            time.sleep(0.02)

    with pytest.raises(TimeoutError, match="too slowly"):
        trickle()


def test_who_keeps_pace_may_take_long(ends: Ends) -> None:
    client, web = ends
    began = time.monotonic()
    while time.monotonic() < began + 0.5:
        client.sendall(b"." * 50)
        web.chunk()
        time.sleep(0.02)


def test_who_does_not_read_is_given_up(ends: Ends) -> None:
    _, web = ends
    with pytest.raises(TimeoutError):
        web.sock.sendall(b"." * 10_000_000)


def test_the_next_request_has_its_own_time(ends: Ends) -> None:
    client, web = ends
    slow_clients.forget_pace(SimpleNamespace(unreader=web))
    web.sock.settimeout(None)
    time.sleep(0.3)
    client.sendall(b"{")
    assert web.chunk() == b"{"
