"""A client that works as a browser does, and writes down what it sent and what it was told."""

import http.client
import json
import random
import threading
import time
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass, field
from typing import Any

OPTIONS = ("positive", "negative", "neutral")


@dataclass
class Sent:
    """One answer: what was sent under which key, and what the server said of it in the end."""

    text: str
    key: str
    value: dict[str, str]
    annotation: str = ""


@dataclass
class History:
    """All that one client saw."""

    sent: list[Sent] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    shown: list[tuple[str, str]] = field(default_factory=list)  # (assignment id, text) whenever handed out
    retries: int = 0
    refused: list[str] = field(default_factory=list)


class Client(threading.Thread):
    """Works until the queue says that all is done: answers, skips some, walks away from some."""

    def __init__(self, url: str, project: int, token: str, *, seed: int, until: float) -> None:
        super().__init__()
        self.history = History()
        self.problem: BaseException | None = None
        self._url = f"{url}/api/v1"
        self._project = project
        self._token = token
        self._dice = random.Random(seed)
        self.walks_away = 0.1
        self.pause = 0.0  # seconds between two items
        self._until = until

    def run(self) -> None:
        """Draw, answer, draw again."""
        try:
            while time.monotonic() < self._until:
                body = self._post(f"/projects/{self._project}/next/", {"count": self._dice.randint(1, 4)})
                if not body["assignments"]:
                    if body["reason"]["code"] == "all_done":
                        return
                    time.sleep(0.1)
                self._note(body)
                for row in body["assignments"]:
                    self._work(row)
            raise AssertionError("the work was not done in time")
        except BaseException as error:
            self.problem = error

    def _note(self, body: dict[str, Any]) -> None:
        self.history.shown += [(row["id"], row["media"]["text"]["text"]) for row in body["assignments"]]

    def _work(self, row: dict[str, Any]) -> None:
        text, chance = row["media"]["text"]["text"], self._dice.random()
        time.sleep(self.pause)
        if chance < self.walks_away:
            return  # walked away: the lease has to expire
        if chance < self.walks_away + 0.05:
            self._post(f"/assignments/{row['id']}/skip/", {"reason": "other"})
            self.history.skipped.append(text)
            return
        sent = Sent(text, uuid.uuid4().hex, {"sentiment": self._dice.choice(OPTIONS)})
        self.history.sent.append(sent)
        body = {"value": sent.value, "seconds": 1.0, "next": self._dice.randint(0, 1)}
        reply = self._post(f"/assignments/{row['id']}/submit/", body, key=sent.key)
        sent.annotation = reply["annotation"]["id"]
        if self._dice.random() < 0.1:  # a lost reply: the same once more
            again = self._post(f"/assignments/{row['id']}/submit/", body, key=sent.key)
            assert again["annotation"]["id"] == sent.annotation

    def _post(self, path: str, body: dict[str, Any], key: str = "") -> dict[str, Any]:
        """Send until there is an answer: a killed worker cuts connections."""
        while True:
            try:
                return self._send(path, body, key)
            except urllib.error.HTTPError as error:
                if error.code < 500:
                    raise AssertionError(f"{path}: {error.code} {error.read().decode()}") from error
                self.history.refused.append(f"{path}: {error.code}")
            except (urllib.error.URLError, http.client.HTTPException, OSError):
                pass  # also in the middle of an answer
            self.history.retries += 1
            assert time.monotonic() < self._until, f"no answer from {path}"
            time.sleep(0.05)

    def _send(self, path: str, body: dict[str, Any], key: str) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        request = urllib.request.Request(self._url + path, json.dumps(body).encode(), headers, method="POST")
        with urllib.request.urlopen(request, timeout=20) as answer:
            return dict(json.load(answer))
