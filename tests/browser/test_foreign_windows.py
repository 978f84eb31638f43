"""What a page of another site can do with a window in which ours is: nothing, however it came there."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from tests.browser.signed_in import collect_errors
from tests.processes import LiveWeb

pytestmark = pytest.mark.browser

PAGE, NEXT = "/accounts/login/", "/accounts/password/reset/"
OPEN = "address => { window.held = open(address) }"
# What they do, and whether it begins with a window in which their own page is.
WAYS = {
    "they open us": (OPEN, False),
    "they send their window to us": ("address => { held.location.href = address }", True),
    "their window goes to us": ("address => { held.eval(`location.href = '${address}'`) }", True),
    "a form of theirs opens us": (
        """address => {
          const form = document.createElement("form");
          Object.assign(form, { action: address, target: "held" });
          document.body.append(form);
          window.held = open("", "held");
          form.submit();
        }""",
        False,
    ),
}


class Theirs(BaseHTTPRequestHandler):
    """An empty page for every address."""

    def do_GET(self) -> None:
        body = b"<!doctype html><title>Another site</title>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def foreign(live_web: LiveWeb) -> Iterator[str]:
    """The address of another site: one of this machine's other names."""
    ours = urlsplit(live_web.url).hostname
    name = "localhost" if ours == "127.0.0.1" else "127.0.0.1"
    with ThreadingHTTPServer(("127.0.0.1", 0), Theirs) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://{name}:{server.server_address[1]}/"
        server.shutdown()


@pytest.mark.parametrize("way", WAYS)
def test_another_site_loses_the_window(page: Page, live_web: LiveWeb, foreign: str, way: str) -> None:
    script, theirs_first = WAYS[way]
    page.goto(foreign)
    with page.expect_popup() as popup:
        page.evaluate(OPEN if theirs_first else script, foreign if theirs_first else f"{live_web.url}{PAGE}")
    window = popup.value
    if theirs_first:
        window.wait_for_load_state()
        assert not page.evaluate("() => held.closed")
        page.evaluate(script, f"{live_web.url}{PAGE}")
    window.wait_for_url(f"**{PAGE}*")
    assert page.evaluate("() => held.closed"), "it still holds the window"
    assert window.evaluate("() => opener") is None

    window.evaluate("address => { location.href = address }", NEXT)
    window.wait_for_url(f"**{NEXT}")
    assert page.evaluate("() => held.closed"), "it holds the window again behind a link of ours"


def test_the_person_and_our_own_links_keep_the_process(page: Page, live_web: LiveWeb) -> None:
    errors = collect_errors(page)
    first = page.goto(live_web.url + PAGE)
    assert first
    with page.expect_navigation() as second:
        page.evaluate("address => { location.href = address }", NEXT)
    for answer in (first, second.value):
        assert answer.headers["cross-origin-opener-policy"] == "unsafe-none"
    assert errors == []
