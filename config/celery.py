"""The Celery app: at least once by delivery, once by effect (every task is safe to run twice)."""

import logging.config
import os
import sys
from pathlib import Path
from typing import Any

from celery import Celery
from celery.signals import setup_logging, task_prerun, worker_init, worker_process_init, worker_ready
from django_structlog.celery.steps import DjangoStructLogInitStep

from config.memory import settle_memory

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# Numeric libraries start a thread for each core otherwise, in each process; they read this when loaded.
for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")

# Seconds after which a thread that computes lets another go on. Python's 0.005 are as long as a statement
# takes: threads that store a batch waited so long, again and again, for the one that reads the next.
SWITCH = 0.0005

app = Celery("touchstone")
app.config_from_object("config.celery_settings")
app.steps["worker"].add(DjangoStructLogInitStep)
app.autodiscover_tasks()
app.autodiscover_tasks(["config"])


@setup_logging.connect
def use_our_logging(**_kwargs: Any) -> None:
    """Log as the web does; a receiver of this signal keeps Celery from setting up its own."""
    from django.conf import settings

    logging.config.dictConfig(settings.LOGGING)


@worker_init.connect
def settle(**_kwargs: Any) -> None:
    """Before the pool's processes are forked: they are as patient as their parent."""
    from django.conf import settings

    from config.patience import step_back
    from projects.turns import share_the_machine

    step_back(settings.WORKER_NICE)
    sys.setswitchinterval(SWITCH)
    if settings.WORKER_NICE > 0:
        share_the_machine()
    settle_memory()


@worker_process_init.connect
def keep_hands(**_kwargs: Any) -> None:
    """In each process of the pool: an import that follows another finds its connections open."""
    from exchange.importing.hands import spare

    spare.is_kept = True


@task_prerun.connect
def renew_connections(**_kwargs: Any) -> None:
    """Before each task, as the web does before each request: a connection too old or broken is replaced."""
    from django.db import close_old_connections

    close_old_connections()


@worker_ready.connect
def tell_ready(**_kwargs: Any) -> None:
    """Tell whoever started this worker (make run, tests) that it takes tasks now."""
    app.send_task("config.tasks.heartbeat")
    if file := os.environ.get("WORKER_READY_FILE"):
        Path(file).touch()
