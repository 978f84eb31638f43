"""Tasks of the house itself: the workers' sign of life, and mail."""

import time

from celery import shared_task
from django.conf import settings
from django.core.cache import cache
from django.core.mail import get_connection

from config.mail import Packed, unpack

HEARTBEAT_KEY = "worker-heartbeat"


@shared_task
def heartbeat() -> None:
    """Note that beat, broker and a worker on the fast queue work together (read by /readyz)."""
    cache.set(HEARTBEAT_KEY, time.time(), timeout=None)


@shared_task(autoretry_for=(OSError,), retry_backoff=5, retry_backoff_max=600, max_retries=8)
def deliver_mail(packed: Packed) -> None:
    """Send one packed mail; tries again while the mail server is away."""
    unpack(packed, get_connection(settings.EMAIL_DELIVERY_BACKEND)).send()
