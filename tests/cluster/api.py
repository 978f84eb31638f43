"""Somebody who calls the API of a cluster, and tries again while a part of it is gone."""

import http.client
import json
import time
import urllib.error
import urllib.request
import uuid
from typing import Any

from accounts.models import User
from accounts.services.tokens import create_token
from tests.world import World

SECONDS = 120.0


class Api:
    """Calls with a token of this person, through the proxy."""

    def __init__(self, url: str, world: World, person: User) -> None:
        scopes = ["annotate", "read", "manage", "export"]
        _, self.token = create_token(user=person, organization=world.organization, name="test", scopes=scopes)
        self._url = f"{url}/api/v1"

    def json(self, path: str, body: object = None) -> Any:
        """POST with a body, GET without."""
        return json.loads(self.read(path, body))

    def lines(self, project: int, **query: str) -> list[Any]:
        """An export as a stream."""
        asked = "&".join(f"{name}={value}" for name, value in {"format": "jsonl", **query}.items())
        return [json.loads(line) for line in self.read(f"/projects/{project}/export/?{asked}").splitlines()]

    def read(self, path: str, body: object = None) -> bytes:
        """The answer, once there is one."""
        until, key = time.monotonic() + SECONDS, uuid.uuid4().hex
        while True:
            try:
                return self._send(path, body, key)
            except urllib.error.HTTPError as error:
                said = f"{path}: {error.code} {error.read().decode()[:2000]}"
                if error.code < 500 or time.monotonic() > until:
                    raise AssertionError(said) from error
            except (urllib.error.URLError, http.client.HTTPException, OSError):
                assert time.monotonic() < until, f"no answer from {path}"
            time.sleep(0.1)

    def _send(self, path: str, body: object, key: str) -> bytes:
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
            "Idempotency-Key": key,
        }
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._url + path, data, headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return bytes(answer.read())
