"""What goes into the cache: JSON, never pickle (whoever can write to Redis must not run code here)."""

import json
from typing import Any


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
