"""Background work: delivered at least once, in JSON, with the request's id; mail goes through it."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import structlog
from celery.fixups.django import DjangoWorkerFixup
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.db import connection
from kombu.exceptions import OperationalError

from config.celery import app
from config.mail import QueuedEmailBackend, pack
from config.tasks import HEARTBEAT_KEY, deliver_mail, heartbeat
from tests.processes import LiveWeb, child_environment

MEASURED = {
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "worker_prefetch_multiplier": 1,
    "task_publish_retry": False,
    "accept_content": ["json"],
    "task_serializer": "json",
}


def test_it_works() -> None:
    assert {name: app.conf[name] for name in MEASURED} == MEASURED


def test_a_running_task_is_not_delivered_twice() -> None:
    transport = app.conf.broker_transport_options
    assert transport["visibility_timeout"] > app.conf.task_time_limit
    assert transport["unacked_restore_throttle"] == 1


def test_every_task_on_the_schedule_exists() -> None:
    app.loader.import_default_modules()
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} <= set(app.tasks)


def queue_of(name: str) -> str:
    """The queue that a task is really sent to."""
    return str(app.amqp.router.route({}, name)["queue"].name)


def test_tasks_use_the_queues_that_workers_read() -> None:
    app.loader.import_default_modules()
    ours = [name for name in app.tasks if not name.startswith("celery.")]
    queues = {name: queue_of(name) for name in ours}
    assert set(queues.values()) == {"fast", "long"} == set(app.conf.task_queue_names)
    assert {name for name, queue in queues.items() if queue == "long"} == set(app.conf.task_routes)
    assert queue_of("projects.run_job") == "long", "a job of an hour keeps nobody waiting"
    assert queue_of("annotate.tasks.drain_outbox") == "fast"


def test_routes_stand_in_the_settings_alone() -> None:
    """A task's own ``queue`` is deprecated, and would win over the settings."""
    code = (
        "import warnings; from celery.exceptions import CDeprecationWarning;"
        "warnings.simplefilter('error', CDeprecationWarning);"
        "from config.celery import app; app.loader.import_default_modules(); app.finalize();"
        "from projects.tasks import run_job; print(run_job.name)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=child_environment()
    )
    assert (done.returncode, done.stdout.strip()) == (0, "projects.run_job"), done.stderr[-2000:]


def packed() -> dict[str, Any]:
    message = mail.EmailMultiAlternatives("Hello", "Text", "from@example.org", ["to@example.org"])
    message.attach_alternative("<p>Text</p>", "text/html")
    return dict(pack(message))


def test_a_mail_survives_the_queue(settings: Any) -> None:
    settings.EMAIL_DELIVERY_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    deliver_mail(packed())
    assert [(sent.subject, sent.body, sent.to) for sent in mail.outbox] == [
        ("Hello", "Text", ["to@example.org"])
    ]
    assert mail.outbox[0].alternatives[0][0] == "<p>Text</p>"


def test_no_page_waits_for_the_mail_server(monkeypatch: pytest.MonkeyPatch) -> None:
    queued: list[Any] = []
    monkeypatch.setattr(deliver_mail, "delay", queued.append)
    message = mail.EmailMessage("Hello", "Text", "from@example.org", ["to@example.org"])
    assert QueuedEmailBackend().send_messages([message]) == 1
    assert [one["to"] for one in queued] == [["to@example.org"]]
    assert mail.outbox == []


def test_without_a_broker_no_mail_is_lost(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    def refuse(_packed: object) -> None:
        raise OperationalError

    settings.EMAIL_DELIVERY_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    monkeypatch.setattr(deliver_mail, "delay", refuse)
    QueuedEmailBackend().send_messages(
        [mail.EmailMessage("Hello", "Text", "a@example.org", ["b@example.org"])]
    )
    assert len(mail.outbox) == 1


@pytest.mark.django_db(transaction=True)
def test_the_request_id_travels_into_the_worker(celery_worker_process: int, tmp_path: Path) -> None:
    with structlog.contextvars.bound_contextvars(request_id="11111111-2222-3333-4444-555555555555"):
        heartbeat.delay()
    log = tmp_path / "worker.log"
    wanted = r"task_succeeded.*11111111-2222-3333-4444-555555555555"
    until = time.monotonic() + 30
    while not re.search(wanted, log.read_text()) and time.monotonic() < until:
        time.sleep(0.05)
    assert re.search(wanted, log.read_text())
    assert isinstance(cache.get(HEARTBEAT_KEY), float)


@pytest.mark.django_db(transaction=True)
def test_ready_means_web_and_worker(live_web: LiveWeb, celery_worker_process: int) -> None:
    import json
    import urllib.request

    until = time.monotonic() + 30
    while cache.get(HEARTBEAT_KEY) is None and time.monotonic() < until:
        time.sleep(0.05)
    with urllib.request.urlopen(f"{live_web.url}/readyz", timeout=20) as answer:
        assert set(json.load(answer).values()) == {"ok"}
    assert settings.REDIS_PREFIX.startswith("test-")


@pytest.mark.django_db(transaction=True)
def test_a_worker_keeps_its_connection_while_it_works() -> None:
    """Celery closes it around each task unless told otherwise; ours is replaced when it has broken."""
    connection.ensure_connection()
    kept = connection.connection
    fixup = DjangoWorkerFixup(app)
    fixup.close_database()
    assert connection.connection is kept
    assert not kept.closed
    kept.close()
    heartbeat.apply(throw=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)


def test_each_process_of_the_tests_has_keys_of_its_own() -> None:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    assert os.environ["REDIS_PREFIX"] == settings.REDIS_PREFIX
    assert settings.REDIS_PREFIX.endswith(worker)
    assert app.conf.broker_transport_options["global_keyprefix"] == f"{settings.REDIS_PREFIX}:"
    assert cache.make_key("x").startswith(f"{settings.REDIS_PREFIX}:")
