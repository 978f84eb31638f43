"""The house: settings, addresses, processes. Loading it loads the Celery app, so that tasks bind to it."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
