"""Answers to requests for a part of a file (RFC 9110, section 14), as players make them."""

import re
from collections.abc import Iterator
from typing import IO, Any

from django.http import FileResponse, HttpResponse, HttpResponseBase, StreamingHttpResponse

RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")
LARGEST = 4 * 1024 * 1024
CHUNK = 64 * 1024


def ranged(file: IO[Any], size: int, wanted: str) -> HttpResponseBase:
    """The file, or the one range of it that ``wanted`` names (the header, empty if there is none).

    What is no single range of bytes counts as none. A part may be shorter than asked for, so that nobody who
    listens slowly keeps a thread for long; whoever asked asks for the next.
    """
    match = RANGE.fullmatch(wanted.strip())
    if match is None or match[1] == match[2] == "":
        response: HttpResponseBase = FileResponse(file)
        response.headers["Content-Length"] = str(size)
    else:
        first, last = _ends(match[1], match[2], size)
        if first > last:
            file.close()
            response = HttpResponse(status=416)
            response.headers["Content-Range"] = f"bytes */{size}"
        else:
            last = min(last, first + LARGEST - 1)
            response = StreamingHttpResponse(_part(file, first, last - first + 1), status=206)
            response.headers["Content-Range"] = f"bytes {first}-{last}/{size}"
            response.headers["Content-Length"] = str(last - first + 1)
    response.headers["Accept-Ranges"] = "bytes"
    return response


def _ends(first: str, last: str, size: int) -> tuple[int, int]:
    """First and last byte; a range without a first one counts from the end. Empty ones have them in turn."""
    if not first:
        return max(0, size - int(last)), size - 1 if int(last) else -1
    return int(first), min(int(last), size - 1) if last else size - 1


def _part(file: IO[Any], start: int, length: int) -> Iterator[bytes]:
    with file:
        file.seek(start)
        while length > 0 and (chunk := file.read(min(CHUNK, length))):
            length -= len(chunk)
            yield chunk
