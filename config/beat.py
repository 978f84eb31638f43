"""The schedule, kept by one of any number of beats: who holds the lock in Redis schedules, the others wait.

The lock runs out by itself, so a beat that dies or hangs is replaced within HELD_SECONDS. Redis loses it when
it restarts empty; then who comes first has it. For a moment two may schedule: tasks are safe to run twice.
"""

import secrets
import time
from typing import Any

import redis
import structlog
from celery.beat import PersistentScheduler
from django.conf import settings

log = structlog.get_logger(__name__)
HELD_SECONDS = 12.0
LOOK_EVERY = 2.0

# Mine already, or nobody's: then it is mine for a while from now.
TAKE = """
local holder = redis.call('GET', KEYS[1])
if holder == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
if not holder then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) return 1 end
return 0
"""
LEAVE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"


class Lock:
    """A lock with an end, under a name that all beats of an installation know."""

    def __init__(self) -> None:
        self._name = f"{settings.REDIS_PREFIX}:beat"
        self._own = secrets.token_hex(8)
        # The connection is made at the first use: a beat starts also while Redis is away.
        link: Any = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=3, socket_connect_timeout=3)
        self._take, self._leave = link.register_script(TAKE), link.register_script(LEAVE)

    def take(self) -> bool:
        """Whether it is ours, from now for HELD_SECONDS. Without Redis it is nobody's."""
        try:
            return bool(self._take(keys=[self._name], args=[self._own, int(HELD_SECONDS * 1000)]))
        except (redis.ConnectionError, redis.TimeoutError):
            return False

    def leave(self) -> None:
        """Give it up, so that another need not wait; without Redis there is nothing to give up."""
        try:
            self._leave(keys=[self._name], args=[self._own])
        except (redis.ConnectionError, redis.TimeoutError):
            return


class Scheduler(PersistentScheduler):
    """Celery's scheduler, which sleeps while another beat holds the lock."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        self._lock = Lock()
        self._leads = False
        self._looked = 0.0
        super().__init__(*arguments, **named)

    def tick(self, *arguments: Any, **named: Any) -> float:
        """Send what is due if we lead; return the seconds until the next look."""
        if not self._is_ours():
            return LOOK_EVERY
        due: float = super().tick(*arguments, **named)
        return min(due, LOOK_EVERY)

    def close(self) -> None:
        """Let another beat go on at once."""
        self._lock.leave()
        super().close()

    def _is_ours(self) -> bool:
        """Ask Redis, but not again within a second: that long it is ours anyway."""
        now = time.monotonic()
        if self._leads and now - self._looked < 1.0:
            return True
        self._looked, led = now, self._leads
        self._leads = self._lock.take()
        if led != self._leads:
            log.info("beat_leads" if self._leads else "beat_waits")
        return self._leads
