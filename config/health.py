"""Probes: is the process alive, can it work, and its numbers (not open to the world)."""

import hmac
import time
from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from django_prometheus.exports import ExportToDjangoView
from redis.exceptions import RedisError

from config.tasks import HEARTBEAT_KEY

# Beat sends a heartbeat every 15 s; three missed ones count as dead.
HEARTBEAT_SECONDS = 50
_seen_complete: list[bool] = []
LOOPBACK = frozenset({"127.0.0.1", "::1"})


@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    """Say that the process answers; asks nobody else."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
def readyz(_request: HttpRequest) -> JsonResponse:
    """Say which of the parts work; 503 if one does not. Tells no more than a word about each."""
    states = {name: state(check) for name, check in CHECKS.items()}
    return JsonResponse(states, status=200 if set(states.values()) == {"ok"} else 503)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Give Prometheus its numbers: with METRICS_TOKEN, or on the machine itself when no token is set."""
    if not may_read_metrics(request):
        raise Http404
    answer: HttpResponse = ExportToDjangoView(request)
    return answer


def may_read_metrics(request: HttpRequest) -> bool:
    """Return whether the bearer token is right, or (without a token) the caller is this machine."""
    token = settings.METRICS_TOKEN
    if token:
        return hmac.compare_digest(
            request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode()
        )
    forwarded = "X-Forwarded-For" in request.headers
    return request.META.get("REMOTE_ADDR") in LOOPBACK and not forwarded


def check_database() -> bool:
    """Ask Postgres for a row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return True


def check_migrations() -> bool:
    """Compare the database with the code; once complete, it stays so for the life of the process."""
    if _seen_complete:
        return True
    executor = MigrationExecutor(connection)
    complete = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    if complete:
        _seen_complete.append(True)
    return complete


def check_redis() -> bool:
    """Write and read a value."""
    cache.set("readyz", 1, timeout=10)
    return bool(cache.get("readyz") == 1)


def check_worker() -> bool:
    """Return whether beat, broker and a worker worked together a moment ago."""
    beat = cache.get(HEARTBEAT_KEY)
    return isinstance(beat, float) and time.time() - beat < HEARTBEAT_SECONDS


CHECKS: dict[str, Callable[[], bool]] = {
    "database": check_database,
    "migrations": check_migrations,
    "redis": check_redis,
    "worker": check_worker,
}


def state(check: Callable[[], bool]) -> str:
    """Run a check; its exceptions stay inside."""
    try:
        return "ok" if check() else "down"
    except (DatabaseError, RedisError, OSError):
        return "down"
