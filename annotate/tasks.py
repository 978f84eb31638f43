"""Background work of the annotate app: each task is safe to run twice."""

from celery import shared_task

from annotate import outbox


@shared_task(expires=60)
def drain_outbox() -> None:
    """Carry out what waits in the outbox; poked after commits, and by the beat every few seconds."""
    outbox.drain()
