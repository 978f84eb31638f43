"""A storage in memory that speaks as much of S3 as our client asks for. It checks no signature."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    buckets: ClassVar[set[str]] = set()
    objects: ClassVar[dict[tuple[str, str], bytes]] = {}

    def do_HEAD(self) -> None:
        bucket, key = self._where()
        found = self.objects.get((bucket, key)) if key else (b"" if bucket in self.buckets else None)
        self._answer(404 if found is None else 200, found or b"", body=False)

    def do_GET(self) -> None:
        bucket, key = self._where()
        if not key:
            self._answer(200, self._listing(bucket))
        elif (bucket, key) in self.objects:
            self._answer(200, self.objects[bucket, key])
        else:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")

    def do_PUT(self) -> None:
        bucket, key = self._where()
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if not key:
            self.buckets.add(bucket)
        elif bucket not in self.buckets or not self.headers.get("Authorization", "").startswith(
            "AWS4-HMAC-SHA256"
        ):
            return self._answer(403, b"<Error><Code>AccessDenied</Code></Error>")
        else:
            self.objects[bucket, key] = _without_chunks(content) if self._is_chunked() else content
        return self._answer(200)

    def do_DELETE(self) -> None:
        self.objects.pop(self._where(), None)
        self._answer(204)

    def log_message(self, format: str, *arguments: object) -> None:
        """Quiet."""

    def _is_chunked(self) -> bool:
        return self.headers.get("x-amz-content-sha256", "").startswith("STREAMING-")

    def _where(self) -> tuple[str, str]:
        bucket, _, key = unquote(urlsplit(self.path).path).lstrip("/").partition("/")
        return bucket, key

    def _listing(self, bucket: str) -> bytes:
        """Everything below a folder: its files, and the folders in it."""
        prefix = parse_qs(urlsplit(self.path).query).get("prefix", [""])[0]
        below = [
            key.removeprefix(prefix)
            for owner, key in self.objects
            if owner == bucket and key.startswith(prefix)
        ]
        folders = sorted({f"{prefix}{rest.partition('/')[0]}/" for rest in below if "/" in rest})
        files = sorted(f"{prefix}{rest}" for rest in below if "/" not in rest)
        inside = "".join(f"<Contents><Key>{escape(name)}</Key></Contents>" for name in files)
        inside += "".join(
            f"<CommonPrefixes><Prefix>{escape(name)}</Prefix></CommonPrefixes>" for name in folders
        )
        return f"<ListBucketResult><IsTruncated>false</IsTruncated>{inside}</ListBucketResult>".encode()

    def _answer(self, status: int, content: bytes = b"", *, body: bool = True) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("ETag", '"0"')
        self.send_header("Last-Modified", formatdate(usegmt=True))
        self.end_headers()
        if body:
            self.wfile.write(content)


def _without_chunks(content: bytes) -> bytes:
    """The object in a body that was sent in signed chunks."""
    parts = []
    while content:
        head, _, content = content.partition(b"\r\n")
        size = int(head.split(b";")[0], 16)
        if not size:
            break
        parts.append(content[:size])
        content = content[size + 2 :]
    return b"".join(parts)


@contextmanager
def bucket_server() -> Iterator[str]:
    """It runs for the body; gives its address."""
    Handler.buckets.clear()
    Handler.objects.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
