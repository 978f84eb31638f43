"""One person's browser without the browser: an open line, cookies, and the token against forged requests."""

import http.client
import json
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urlsplit

# A server closes a line that nobody uses; asking on it just then would fail.
IDLE_SECONDS = 3.0
PATIENCE = 300.0


class Refused(Exception):
    """A server answered with another status than the work needs."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: bytes

    def json(self) -> Any:
        """Return the body; raises Refused unless the status is one of success."""
        if self.status >= 300:
            raise Refused(f"{self.status}: {self.body[:300]!r}")
        return json.loads(self.body)


class Session:
    """Requests of one person, one after the other. Not for several threads."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.cookies: dict[str, str] = {}
        self._line = http.client.HTTPConnection(urlsplit(base).netloc, timeout=PATIENCE)
        self._used = 0.0

    @property
    def token(self) -> str:
        """The token against forged requests, as the cookie has it; empty before the first page."""
        return next((value for name, value in self.cookies.items() if "csrf" in name), "")

    def send(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One request, on the open line if it was used just now."""
        if time.monotonic() - self._used > IDLE_SECONDS:
            self._line.close()
        own = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        own |= {"X-CSRFToken": self.token, "Referer": f"{self.base}/"}
        self._line.request(method, path, body or None, own | dict(headers or {}))
        answer = self._line.getresponse()
        found = Answer(answer.status, answer.read())
        for line in answer.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: one.value for name, one in SimpleCookie(line).items()}
        self._used = time.monotonic()
        return found

    def get(self, path: str) -> Answer:
        """Fetch."""
        return self.send("GET", path)

    def post(self, path: str, body: object, headers: Mapping[str, str] | None = None) -> Any:
        """Send JSON and return JSON; raises Refused."""
        own = {"Content-Type": "application/json"} | dict(headers or {})
        return self.send("POST", path, json.dumps(body).encode(), own).json()

    def post_form(self, path: str, fields: Mapping[str, str]) -> Answer:
        """Send a form as a browser does, with the page's token; the page is fetched for it first."""
        self.get(path)
        body = urlencode({**fields, "csrfmiddlewaretoken": self.token}).encode()
        return self.send("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})

    def post_file(self, path: str, name: str, content: bytes) -> Any:
        """Upload one picture as `file` and return JSON; raises Refused."""
        edge = uuid.uuid4().hex
        head = (
            f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: image/jpeg\r\n\r\n"
        )
        body = head.encode() + content + f"\r\n--{edge}--\r\n".encode()
        return self.send("POST", path, body, {"Content-Type": f"multipart/form-data; boundary={edge}"}).json()

    def close(self) -> None:
        """Hang up."""
        self._line.close()
