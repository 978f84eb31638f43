"""Celery tasks of the accounts app: each calls one service."""

from celery import shared_task

from accounts.services.departures import purge_departures


@shared_task(name="accounts.purge_departures")
def purge() -> int:
    """Forget people who left too long ago to come back by an undo. Every hour."""
    return purge_departures()
