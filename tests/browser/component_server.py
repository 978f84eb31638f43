"""A static server for browser tests of the labeling component, without Django: static files and a page."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[2]
PAGES = Path(__file__).resolve().parent / "pages"
POLICY = "default-src 'self'; style-src 'self'; script-src 'self'; img-src 'self' data:"


class _Handler(SimpleHTTPRequestHandler):
    """Serves the two folders under the content security policy of the product."""

    def translate_path(self, path: str) -> str:
        plain = path.split("?", maxsplit=1)[0].split("#", maxsplit=1)[0]
        if plain.startswith("/static/"):
            return str(ROOT / plain.lstrip("/"))
        return str(PAGES / plain.lstrip("/"))

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: the tests say what went wrong."""


@contextmanager
def serve() -> Iterator[str]:
    """The address of a running server, e.g. `http://127.0.0.1:40123`."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, directory=str(ROOT)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Component:
    """The component on a page: mounts it and asks for its answer."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.goto(f"{address}/component.html")
        page.wait_for_function("window.ready")

    def mount(self, fields: list[dict[str, Any]], *, text: str | None = None, **options: Any) -> None:
        """Show an item with these fields; with `text`, as the medium `text`."""
        media = [] if text is None else [{"name": "text", "kind": "text", "source": "text"}]
        options["ontology"] = {"media": media, "fields": fields}
        self.page.evaluate("options => mount(options)", {**options, "item": item(text)})
        # A font that comes late would move the text from under the mouse.
        self.page.evaluate(
            "() => new Promise(requestAnimationFrame).then(() => document.fonts.ready).then(() => true)"
        )

    def set_item(self, text: str | None, value: dict[str, Any] | None = None) -> None:
        """Show another item of the same ontology."""
        self.page.evaluate("next => handle.setItem(next)", {"item": item(text), "value": value or {}})

    @property
    def value(self) -> dict[str, Any]:
        """The component's answer."""
        answer: dict[str, Any] = self.page.evaluate("handle.value")
        return answer

    @property
    def submitted(self) -> list[dict[str, Any]]:
        """What was submitted since mounting."""
        answers: list[dict[str, Any]] = self.page.evaluate("submitted")
        return answers

    def keys(self, *combos: str) -> None:
        """Press one after another."""
        for combo in combos:
            self.page.keyboard.press(combo)

    def place_of(self, offset: int) -> tuple[float, float]:
        """The middle of the left edge of a character (UTF-16 offset) on the screen."""
        return tuple(
            self.page.evaluate(
                """offset => {
                    const nodes = [...document.querySelectorAll('.tx-text')].map((span) => span.firstChild);
                    for (const node of nodes) {
                        if (offset < node.length) {
                            const range = document.createRange();
                            range.setStart(node, offset);
                            range.setEnd(node, offset + 1);
                            const rect = range.getBoundingClientRect();
                            return [rect.left, rect.top + rect.height / 2];
                        }
                        offset -= node.length;
                    }
                }""",
                offset,
            )
        )

    def drag_over(self, text: str, part: str) -> None:
        """Select a part of the text with the mouse."""
        start = _units(text[: text.index(part)])
        end = start + _units(part)
        x, y = self.place_of(start)
        self.page.mouse.move(x + 1, y)
        self.page.mouse.down()
        x, y = self.place_of(end)
        self.page.mouse.move(x - 1, y, steps=4)
        self.page.mouse.move(x + 1, y)
        self.page.mouse.up()
        self.page.wait_for_timeout(30)


def item(text: str | None) -> dict[str, Any]:
    """An item as the server sends it."""
    media = {} if text is None else {"text": {"kind": "text", "text": text}}
    return {"data": {}, "meta": {}, "media": media}


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
