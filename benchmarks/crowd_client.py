"""The load of bench_crowd: many annotators in one process and one thread, to take little from the web.

Each sends what a browser sends (the headers of a fetch of the labeling page) on a connection of its own, and
its next request when it has read the answer to the last. Only what changes is put together anew, and of the
answer only what is needed is looked for: two ids.

Reads a plan from standard input, writes what it saw to standard output, both JSON; see ``Plan`` and ``Seen``.
"""

import json
import re
import resource
import selectors
import socket
import sys
import time
import uuid
from dataclasses import asdict, dataclass, field

HELD = re.compile(rb'"assignments":\[\{"id":"(\d+)"')
STORED = re.compile(rb'"annotation":\{"id":"(\d+)"')
LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
HEADERS = """\
Host: {host}
Connection: keep-alive
sec-ch-ua-platform: "Linux"
User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0
Accept: application/json
sec-ch-ua: "Chromium";v="142", "Not_A Brand";v="99"
Content-Type: application/json
sec-ch-ua-mobile: ?0
Origin: http://{host}
Sec-Fetch-Site: same-origin
Sec-Fetch-Mode: cors
Sec-Fetch-Dest: empty
Referer: http://{host}/projects/{project}/label/
Accept-Encoding: gzip, deflate, br, zstd
Accept-Language: en-US,en;q=0.9
X-CSRFToken: {secret}
Cookie: {cookie}
"""


@dataclass(frozen=True)
class Plan:
    """Where to, who (cookie, CSRF secret), and what to answer; ``hold`` is how many items are asked for."""

    host: str
    project: int
    people: list[tuple[str, str]]
    seconds: float
    hold: int
    value: dict[str, object]


@dataclass
class Seen:
    """Milliseconds of each submit, the annotations that were confirmed, and what this program cost itself."""

    times: list[float] = field(default_factory=list)
    confirmed: list[int] = field(default_factory=list)
    seconds: float = 0.0
    cpu: float = 0.0


class Annotator:
    """One person: one connection, one request at a time."""

    def __init__(self, plan: Plan, cookie: str, secret: str) -> None:
        host, _, port = plan.host.partition(":")
        self.line = socket.create_connection((host, int(port)))
        self.line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        words = {"host": plan.host, "project": plan.project, "cookie": cookie, "secret": secret}
        self.headers = HEADERS.format(**words).replace("\n", "\r\n").encode()
        self.body = json.dumps({"value": plan.value, "seconds": 1.0, "next": plan.hold}).encode()
        self.ask = json.dumps({"count": plan.hold}).encode()
        self.first = b"/api/v1/projects/%d/next/" % plan.project
        self.sent_at = 0.0
        self.submits = False
        self.read = b""
        self.missing = 0

    def draw(self) -> None:
        """The first request."""
        self._send(self.first, self.ask, b"")

    def submit(self, assignment: bytes) -> None:
        """The answer to one item; it brings the next."""
        self.submits = True
        key = b"Idempotency-Key: %b\r\n" % uuid.uuid4().hex.encode()
        self._send(b"/api/v1/assignments/%b/submit/" % assignment, self.body, key)

    def answer(self) -> bytes | None:
        """What has come, once it is complete; RuntimeError for anything but a success."""
        part = self.line.recv(65536)
        if not part:
            raise RuntimeError("The server closed a connection.")
        self.read += part
        if not self.missing:
            end = self.read.find(b"\r\n\r\n")
            length = LENGTH.search(self.read, 0, end) if end >= 0 else None
            if length is None:
                return None
            self.missing = end + 4 + int(length[1])
        if len(self.read) < self.missing:
            return None
        if not self.read.startswith((b"HTTP/1.1 200", b"HTTP/1.1 201")):
            raise RuntimeError(self.read[:600].decode(errors="replace"))
        return self.read

    def _send(self, path: bytes, body: bytes, more: bytes) -> None:
        self.read, self.missing = b"", 0
        self.sent_at = time.perf_counter()
        start = b"POST %b HTTP/1.1\r\n%b%bContent-Length: %d\r\n\r\n" % (path, self.headers, more, len(body))
        self.line.sendall(start + body)


def work(plan: Plan) -> Seen:
    """Let all of them work until the time is over and everything that was asked has been answered."""
    seen = Seen()
    waiting = selectors.DefaultSelector()
    start = time.perf_counter()
    for cookie, secret in plan.people:
        person = Annotator(plan, cookie, secret)
        waiting.register(person.line, selectors.EVENT_READ, person)
        person.draw()
    until = start + plan.seconds
    while waiting.get_map():
        for key, _ in waiting.select(60):
            person = key.data
            answer = person.answer()
            if answer is None:
                continue
            now = time.perf_counter()
            if person.submits:
                seen.times.append((now - person.sent_at) * 1000)
                stored = STORED.search(answer)
                if stored is None:
                    raise RuntimeError(f"No annotation in {answer!r}")
                seen.confirmed.append(int(stored[1]))
            held = HELD.search(answer)
            if held and now < until:
                person.submit(held[1])
            else:
                waiting.unregister(person.line)
                person.line.close()
    seen.seconds = time.perf_counter() - start
    used = resource.getrusage(resource.RUSAGE_SELF)
    seen.cpu = used.ru_utime + used.ru_stime
    return seen


if __name__ == "__main__":
    given = json.load(sys.stdin)
    given["people"] = [tuple(person) for person in given["people"]]
    json.dump(asdict(work(Plan(**given))), sys.stdout)
