"""No client holds a thread of the web for long by sending or reading slowly.

gunicorn's threads read a body and send an answer without any limit of time, so that sixteen clients who do
neither would stop two processes of eight threads. A proxy that buffers keeps them away; this is for where
there is none, and for what is larger than its buffers.
"""

import os
import time
from typing import Any

# Seconds without a byte of a body, or for one piece of an answer to be taken.
SILENCE = float(os.environ.get("WEB_CLIENT_SECONDS", "60"))
SLOWEST = 8 * 1024  # bytes of a body in each second, on the whole


def set_pace(request: Any) -> None:
    """Give the client of this request ``SILENCE``, and more only as its body keeps coming.

    What is too slow looks like a connection that broke: TimeoutError where the body is read or the answer
    written. gunicorn closes the connection then.
    """
    unreader = request.unreader
    line = getattr(unreader, "sock", None)
    if line is None:
        return
    read, began, received = unreader.chunk, time.monotonic(), 0

    def chunk(size_hint: int | None = None) -> bytes:
        nonlocal received
        left = began + SILENCE + received / SLOWEST - time.monotonic()
        if left <= 0:
            raise TimeoutError("the body comes too slowly")
        line.settimeout(min(left, SILENCE))
        data: bytes = read(size_hint)
        line.settimeout(SILENCE)
        received += len(data)
        return data

    line.settimeout(SILENCE)
    unreader.chunk = chunk


def forget_pace(request: Any) -> None:
    """Let the next request on this connection have its own time; it may come much later."""
    vars(request.unreader).pop("chunk", None)
