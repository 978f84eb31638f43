"""A whole Touchstone for a benchmark: web and worker as in production, and the API that scripts call."""

import http.client
import json
import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from accounts.models import Organization, User
from accounts.services.tokens import create_token
from projects.models import Project, ProjectState
from projects.services.projects import create_project
from tests.processes import serving, working

PIECE = 256 * 1024
BOUNDARY = "----touchstone-benchmark"
HEAD = (
    f"--{BOUNDARY}\r\n"
    'Content-Disposition: form-data; name="file"; filename="{name}"\r\n'
    "Content-Type: application/octet-stream\r\n\r\n"
)
TAIL = f"\r\n--{BOUNDARY}--\r\n"


@contextmanager
def running() -> Iterator[str]:
    """Web (two processes) and worker (two more) on this database; gives the address."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "FILES_DIR": f"{folder}/files"}
        with serving(Path(folder), environment, workers=2) as web, working(Path(folder), environment):
            yield web.url


@dataclass(frozen=True)
class Script:
    """Somebody with a token who calls the API of one project."""

    url: str
    project: Project
    token: str

    @classmethod
    def make(cls, url: str, organization: Organization, person: User, ontology: Any) -> "Script":
        """For a new live project of this person."""
        project = create_project(
            organization=organization, by=person, name="Bench", ontology=ontology, settings={}
        )
        project.state = ProjectState.LIVE
        project.save()
        scopes = ["read", "annotate", "manage", "export"]
        _, token = create_token(user=person, organization=organization, name="bench", scopes=scopes)
        return cls(url, project, token)

    def upload(self, file: Path) -> str:
        """POST a file as an import, piece by piece; the number of its job."""
        head, size = HEAD.format(name=file.name).encode(), file.stat().st_size
        line = self.open("POST", f"projects/{self.project.pk}/imports/", len(head) + size + len(TAIL))
        line.send(head)
        with file.open("rb") as content:
            while piece := content.read(PIECE):
                line.send(piece)
        line.send(TAIL.encode())
        return str(_answer(line, 202)["id"])

    def open(
        self, method: str, path: str, length: int, headers: Mapping[str, str] | None = None
    ) -> http.client.HTTPConnection:
        """A request whose body is still to be sent."""
        line = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=600)
        line.putrequest(method, path if path.startswith("/") else f"/api/v1/{path}")
        line.putheader("Authorization", f"Bearer {self.token}")
        kind = f"multipart/form-data; boundary={BOUNDARY}" if length and path.endswith("imports/") else ""
        line.putheader("Content-Type", kind or "application/json")
        line.putheader("Content-Length", str(length))
        for name, value in (headers or {}).items():
            line.putheader(name, value)
        line.endheaders()
        return line

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """One small request."""
        content = b"" if body is None else json.dumps(body).encode()
        line = self.open(method, path, len(content), headers)
        if content:
            line.send(content)
        return _answer(line, status)

    def finished(self, job: str) -> dict[str, Any]:
        """Wait for a job's end. Raises RuntimeError unless it is done."""
        while (found := self.call("GET", f"jobs/{job}/"))["state"] in ("queued", "running"):
            time.sleep(0.2)
        if found["state"] != "done":
            raise RuntimeError(f"job {job}: {found['state']}, {found['error']}")
        return found

    def download(self, path: str) -> Iterator[bytes]:
        """A file as it comes."""
        line = self.open("GET", path, 0)
        answer = line.getresponse()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {answer.read(300)!r}")
        while piece := answer.read1(PIECE):
            yield piece
        line.close()


def _answer(line: http.client.HTTPConnection, status: int) -> dict[str, Any]:
    answer = line.getresponse()
    text = answer.read()
    line.close()
    if answer.status != status:
        raise RuntimeError(f"{answer.status} {text[:300]!r}")
    found: dict[str, Any] = json.loads(text)
    return found
