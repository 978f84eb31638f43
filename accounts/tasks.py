"""Celery tasks of the accounts app: each calls one service."""

from celery import shared_task

from accounts.services.departures import purge_departures
from accounts.services.once import purge_request_keys


@shared_task(name="accounts.purge_departures")
def purge() -> int:
    """Forget people who left too long ago to come back by an undo. Every hour."""
    return purge_departures()


@shared_task(name="accounts.purge_request_keys")
def purge_keys() -> int:
    """Forget Idempotency-Keys of long ago. Every hour."""
    return purge_request_keys()
