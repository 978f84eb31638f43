"""Making things once: a repeat of a request finds what the first one has made."""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.errors import DomainError, FieldError
from accounts.models import RequestKey, User
from labeltypes.base import Json

KEPT = timedelta(days=7)


class KeyReused(DomainError):
    """One Idempotency-Key for two different requests: what the first one did stays."""

    status = 422
    code = "key_reused"


def check_key(key: str) -> None:
    """Raise DomainError unless the key is 1 to 100 printable ASCII characters."""
    if not 1 <= len(key) <= 100 or not key.isascii() or not key.isprintable():
        raise DomainError(
            "The header Idempotency-Key is needed.",
            fields=[FieldError("Idempotency-Key", "1 to 100 printable ASCII characters")],
        )


@transaction.atomic
def make_once(*, user: User, key: str, request: Json, make: Callable[[], int]) -> int:
    """The id that ``make`` returns, or returned when this person's ``request`` came with ``key`` before.

    Without a key it is made each time. A refusal by ``make`` uses no key up. A repeat that comes while the
    first is still at work waits for it: the key's row is inserted before anything is made. Raises KeyReused
    when the key came with another request.
    """
    if not key:
        return make()
    digest = hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()
    row = RequestKey(user=user, key=key, digest=digest, made=0)
    RequestKey.objects.bulk_create([row], ignore_conflicts=True)
    row = RequestKey.objects.select_for_update(no_key=True).get(user=user, key=key)
    if row.digest != digest:
        raise KeyReused("This key was used for another request; what that made stays.")
    if not row.made:
        row.made = make()
        row.save(update_fields=["made"])
    return row.made


def purge_request_keys() -> int:
    """Forget keys that nobody will repeat any more; return how many. Runs every hour."""
    count, _ = RequestKey.objects.filter(created_at__lte=timezone.now() - KEPT).delete()
    return count
