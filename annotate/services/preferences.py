"""What a person set up for themselves in the labeling page."""

import json

from django.db import transaction

from accounts.errors import DomainError, FieldError
from accounts.models import User
from labeltypes.base import Json

LARGEST = 20_000


@transaction.atomic
def change_preferences(*, user: User, changes: dict[str, Json]) -> dict[str, Json]:
    """Merge these into the person's preferences (``None`` removes one) and return all of them.

    Raises DomainError when they would take more than ``LARGEST`` bytes.
    """
    locked = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    merged = {**locked.preferences, **changes}
    preferences = {name: value for name, value in merged.items() if value is not None}
    if len(json.dumps(preferences)) > LARGEST:
        raise DomainError(
            "These preferences are too many.",
            fields=[FieldError("preferences", f"at most {LARGEST} bytes")],
        )
    locked.preferences = preferences
    locked.save(update_fields=["preferences"])
    return preferences
