"""Celery tasks of the exchange app: each calls one service."""

from celery import shared_task

from exchange.services.uploads import purge_uploads


@shared_task(name="exchange.purge_uploads")
def purge_old_uploads() -> int:
    """Delete uploads of which nothing became. Every hour."""
    return purge_uploads()
