"""Settings of Celery, and the schedule. Measured reasons stand beside the values."""

from django.conf import settings

broker_url = settings.REDIS_URL
broker_connection_retry_on_startup = True
broker_connection_timeout = 3
broker_transport_options = {
    # Longer than the longest task, else Redis delivers a running task a second time.
    "visibility_timeout": settings.MAX_TASK_SECONDS + 300,
    # 1 brings the work of a killed worker back after the timeout, not up to 100 s later.
    "unacked_restore_throttle": 1,
    "global_keyprefix": f"{settings.REDIS_PREFIX}:",
    "socket_timeout": 5,
    "socket_connect_timeout": 3,
    "queue_order_strategy": "priority",
}
# A submit never waits for the broker: the outbox in Postgres sends again what was not sent.
task_publish_retry = False
result_backend = None
task_ignore_result = True

task_acks_late = True  # a killed worker's task runs again
task_reject_on_worker_lost = True  # also when only the pool's child was killed
worker_prefetch_multiplier = 1
task_time_limit = settings.MAX_TASK_SECONDS
task_soft_time_limit = settings.MAX_TASK_SECONDS - 30
# Celery would connect anew for each task, 10 ms each time; how long one is kept, CONN_MAX_AGE says.
CELERY_DB_REUSE_MAX = 1_000_000_000
worker_max_memory_per_child = 600_000  # kB
worker_cancel_long_running_tasks_on_connection_loss = True
worker_hijack_root_logger = False
worker_send_task_events = False

accept_content = ["json"]
task_serializer = "json"
result_accept_content = ["json"]

# fast: what somebody waits for (seconds). long: imports, exports, rounds, full consensus (minutes).
task_default_queue = "fast"
task_queue_names = ("fast", "long")  # named by workers with --queues
task_routes = {
    "projects.run_job": {"queue": "long"},
    "projects.purge_deleted": {"queue": "long"},
    "projects.make_derivatives": {"queue": "long", "priority": 9},  # of 0 to 9: after all else that waits
    "exchange.purge_uploads": {"queue": "long"},
}

enable_utc = True
timezone = "UTC"
beat_scheduler = "config.beat:Scheduler"  # any number of beats, one of which schedules
beat_schedule_filename = str(settings.EMBEDDED_BEAT_FILE)
beat_schedule = {
    "heartbeat": {"task": "config.tasks.heartbeat", "schedule": 15.0, "options": {"expires": 30}},
    "drain-outbox": {"task": "annotate.tasks.drain_outbox", "schedule": 3.0, "options": {"expires": 10}},
    "fold-counts": {"task": "projects.fold_counts", "schedule": 5.0, "options": {"expires": 10}},
    "resume-jobs": {"task": "projects.resume_jobs", "schedule": 60.0, "options": {"expires": 60}},
    "consensus-stale": {"task": "quality.sweep_stale", "schedule": 10.0, "options": {"expires": 10}},
    "quality-due": {"task": "quality.refresh", "schedule": 60.0, "options": {"expires": 60}},
    "make-derivatives": {"task": "projects.make_derivatives", "schedule": 5.0, "options": {"expires": 5}},
    "purge-departures": {"task": "accounts.purge_departures", "schedule": 3600.0},
    "purge-request-keys": {"task": "accounts.purge_request_keys", "schedule": 3600.0},
    "purge-deleted": {"task": "projects.purge_deleted", "schedule": 3600.0},
    "purge-uploads": {"task": "exchange.purge_uploads", "schedule": 3600.0},
}
