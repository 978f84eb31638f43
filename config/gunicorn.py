"""Settings of the web server, the same embedded and in containers."""

import os
from typing import Any

from config.memory import settle_memory
from config.ready_threads import open_connections
from config.slow_clients import forget_pace, set_pace

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
wsgi_app = "config.wsgi"
worker_class = "config.fair_worker.FairWorker"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "8"))
preload_app = True
timeout = 60
graceful_timeout = 20
keepalive = 15
# Requests are logged by django-structlog, with their id.
accesslog = None
errorlog = "-"
loglevel = "warning"
max_requests = 20_000
max_requests_jitter = 2_000
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: PTH112, S108  # gunicorn's heartbeat file


def when_ready(_server: object) -> None:
    """Before the first worker is forked."""
    settle_memory()


def post_worker_init(worker: Any) -> None:
    """In each worker, before it takes connections."""
    open_connections(worker.tpool, threads)


def pre_request(_worker: object, request: object) -> None:
    """The headers are there; now the body has to come, and the answer to be taken, at some pace."""
    set_pace(request)


def post_request(_worker: object, request: object, _environ: object, _response: object) -> None:
    """The answer has been sent."""
    forget_pace(request)
