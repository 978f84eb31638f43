"""The web process. No page holds a connection longer than its statement timeout, no client holds a thread."""

import os
from collections.abc import Callable, Iterable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("STATEMENT_TIMEOUT_MS", "15000")

from django.core.wsgi import get_wsgi_application  # the two lines above must come first

CLIENT_SECONDS = float(os.environ.get("WEB_CLIENT_SECONDS", "60"))
_django = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Django, for a client that takes or sends something at least once a minute.

    One that stops reading in the middle of an answer would hold its thread for ever: gunicorn's sockets wait
    without end. After the timeout the connection is closed, and what was being sent is closed with it.
    """
    if (line := environ.get("gunicorn.socket")) is not None:
        line.settimeout(CLIENT_SECONDS)
    return _django(environ, start_response)
