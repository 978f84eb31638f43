"""The labeling component with an image, in a browser, without the rest of the product."""

from __future__ import annotations

import io
import mimetypes
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import Locator, Page

ROOT = Path(__file__).resolve().parents[2]
PAGES = Path(__file__).resolve().parent / "pages"
CSP = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; font-src 'self'"

ONTOLOGY: dict[str, Any] = {
    "media": [{"name": "photo", "kind": "image", "source": "image"}],
    "fields": [
        {
            "name": "objects",
            "type": "box",
            "on": "photo",
            "classes": [
                {
                    "name": "car",
                    "title": "Car or van",
                    "hotkey": "1",
                    "attributes": [
                        {
                            "name": "occluded",
                            "type": "choice",
                            "title": "Occluded",
                            "options": ["no", "partly"],
                        }
                    ],
                },
                {"name": "bike", "title": "Bicycle", "hotkey": "2"},
                {"name": "sign", "title": "Verkehrszeichenträger", "hotkey": "3"},
            ],
            "min_size": 2,
        }
    ],
}


@lru_cache(maxsize=8)
def picture(width: int, height: int) -> bytes:
    """A JPEG with light, dark and colored parts."""
    y, x = np.mgrid[0:height, 0:width]
    pixels = np.stack([x * 255 // width, y * 255 // height, ((x // 40 + y // 40) % 2) * 160 + 40], axis=-1)
    out = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(out, "JPEG", quality=85)
    return out.getvalue()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        found = self._find()
        self.send_response(200 if found else 404)
        kind, body = found or ("text/plain", b"not found")
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", CSP)
        self.end_headers()
        self.wfile.write(body)

    def _find(self) -> tuple[str, bytes] | None:
        path = self.path.split("?")[0]
        if made := re.fullmatch(r"/picture/(\d+)x(\d+)\.jpg", path):
            return "image/jpeg", picture(int(made[1]), int(made[2]))
        for prefix, folder in (("/static/", ROOT / "static"), ("/pages/", PAGES)):
            file = folder / path.removeprefix(prefix)
            if path.startswith(prefix) and file.is_file():
                kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
                return kind, file.read_bytes()
        return None

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@contextmanager
def serving() -> Iterator[str]:
    """The address of a server for the test page."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def item(width: int = 800, height: int = 600, *, sent: tuple[int, int] | None = None) -> dict[str, Any]:
    """An item with a picture of that size; `sent` is the size of the derivative, if it is another one."""
    w, h = sent or (width, height)
    photo = {"kind": "image", "url": f"/picture/{w}x{h}.jpg", "width": width, "height": height}
    return {"data": {}, "meta": {}, "media": {"photo": photo}}


def box(name: str, x: float, y: float, width: float, height: float, cls: str = "car") -> dict[str, Any]:
    """A region."""
    return {"id": name, "class": cls, "box": [x, y, width, height]}


class Board:
    """One mounted component, spoken to in pixels of the full-size image."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def mount(self, **options: Any) -> Board:
        """Mount the component; waits until the picture is drawn."""
        ontology = options.pop("ontology", ONTOLOGY)
        options = {"ontology": ontology, "item": item(), **options}
        self.page.evaluate("(options) => window.mount(options)", options)
        self.settle()
        return self

    def settle(self) -> None:
        """Wait until the picture has loaded and everything is drawn for the present view."""
        self.page.evaluate(
            """async () => {
                const loading = () => document.querySelector('.image-surface[aria-busy]');
                const busy = () => loading() || !window.surface().atRest;
                do await new Promise(requestAnimationFrame); while (busy());
            }"""
        )

    @property
    def value(self) -> list[dict[str, Any]]:
        """The boxes of the answer."""
        found = self.page.evaluate("() => window.labeling.value")
        return list(found.get("objects", []))

    @property
    def boxes(self) -> list[list[float]]:
        """Their coordinates."""
        return [region["box"] for region in self.value]

    @property
    def selected(self) -> list[str]:
        """Ids of what is selected."""
        return list(self.page.evaluate("() => [...window.labeling.selection.ids]"))

    @property
    def view(self) -> dict[str, float]:
        """Scale and offset."""
        return dict(self.page.evaluate("() => ({...window.surface().view})"))

    @property
    def port(self) -> Locator:
        """Where the image is."""
        return self.page.locator(".image-port")

    def at(self, x: float, y: float) -> tuple[float, float]:
        """The page coordinates of an image pixel."""
        frame = self.port.bounding_box()
        assert frame is not None
        view = self.view
        return frame["x"] + x * view["scale"] + view["x"], frame["y"] + y * view["scale"] + view["y"]

    def drag(self, start: tuple[float, float], end: tuple[float, float], *, button: str = "left") -> None:
        """Press at one image pixel, release at another."""
        self.press(*start, button=button)
        self.move(*end)
        self.page.mouse.up(button=button)  # type: ignore[arg-type]

    def press(self, x: float, y: float, *, button: str = "left") -> None:
        """Button down at an image pixel."""
        self.page.mouse.move(*self.at(x, y))
        self.page.mouse.down(button=button)  # type: ignore[arg-type]

    def move(self, x: float, y: float) -> None:
        """Move to an image pixel, in steps as a hand does."""
        self.page.mouse.move(*self.at(x, y), steps=4)

    def wheel(self, x: float, y: float, delta: float) -> None:
        """Turn the wheel over an image pixel, and wait until the view has followed."""
        before = self.view["scale"]
        self.page.mouse.move(*self.at(x, y))
        self.page.mouse.wheel(0, delta)
        self.page.evaluate(
            """async (before) => {
                while (window.surface().view.scale === before) await new Promise(requestAnimationFrame);
            }""",
            before,
        )
        self.settle()

    def click(self, x: float, y: float, *, shift: bool = False) -> None:
        """Click on an image pixel."""
        if shift:
            self.page.keyboard.down("Shift")
        self.page.mouse.click(*self.at(x, y))
        if shift:
            self.page.keyboard.up("Shift")

    def keys(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def pixel(self, sheet: str, x: float, y: float) -> list[int]:
        """Color on a canvas (`image-pixels`, `image-shapes`) at an image pixel: r, g, b, a."""
        found = self.page.evaluate(
            """([sheet, x, y]) => {
                const canvas = document.querySelector('.' + sheet);
                const view = window.surface().view;
                const scale = canvas.width / parseFloat(canvas.style.width);
                const left = (x * view.scale + view.x - parseFloat(canvas.style.left)) * scale;
                const top = (y * view.scale + view.y - parseFloat(canvas.style.top)) * scale;
                const context = canvas.getContext('2d');
                return [...context.getImageData(Math.round(left), Math.round(top), 1, 1).data];
            }""",
            [sheet, x, y],
        )
        return [int(part) for part in found]
