"""What goes into the cache: JSON, never pickle (whoever can write to Redis must not run code here)."""

import json
from typing import Any

from django.core.cache.backends.redis import RedisCache


class JSONSerializer:
    """Serializer of Django's Redis cache; integers stay bare, so that Redis can count on them."""

    def dumps(self, value: Any) -> bytes | int:
        """Return the stored form; raises TypeError for what JSON cannot hold."""
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        return json.dumps(value, separators=(",", ":")).encode()

    def loads(self, data: bytes) -> Any:
        """Return the value as it was stored, tuples as lists."""
        return json.loads(data)


class OwnKeysRedisCache(RedisCache):
    """Django's Redis cache, whose ``clear`` leaves the broker's queues alone: they share one Redis."""

    def clear(self) -> None:
        """Remove our keys only (Django's own empties the whole database of the server)."""
        client = self._cache.get_client(None, write=True)
        prefix = "".join(f"[{letter}]" if letter in "*?[" else letter for letter in self.key_prefix)
        for key in client.scan_iter(match=f"{prefix}:[0-9]*:*", count=1000):
            client.delete(key)
