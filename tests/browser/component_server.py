"""A static server for browser tests of the labeling component, without Django: `/static/` and the page to mount it on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = Path(__file__).resolve().parent / "pages"
POLICY = "default-src 'self'; style-src 'self'; script-src 'self'; img-src 'self' data:"


class _Handler(SimpleHTTPRequestHandler):
    """Serves the two folders under the content security policy of the product."""

    def translate_path(self, path: str) -> str:
        plain = path.split("?")[0].split("#")[0]
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
