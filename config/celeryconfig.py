"""Celery's settings, in its own words."""

from django.conf import settings

from common import broker

broker_url = settings.CELERY_BROKER_URL or "filesystem://localhost"
if not settings.CELERY_BROKER_URL:
    broker_transport = broker.EMBEDDED_TRANSPORT
    broker_transport_options = broker.embedded_options(settings.VAR / "broker")
broker_connection_retry_on_startup = True
broker_connection_timeout = 4
task_ignore_result = True
task_publish_retry = False  # the poller does the work when a wake-up call gets lost
task_acks_late = False
task_default_queue = "celery"
task_time_limit = 600
worker_prefetch_multiplier = 1
worker_enable_remote_control = False
worker_hijack_root_logger = False
worker_max_tasks_per_child = 1000
timezone = "UTC"
enable_utc = True
beat_schedule_filename = str(settings.VAR / "beat-schedule")
beat_schedule = {
    "deliver-events": {"task": "common.tasks.deliver_events", "schedule": 15.0},
    "send-mail": {"task": "common.tasks.send_due_mail", "schedule": 20.0},
    "run-refunds": {"task": "orders.tasks.run_due_refunds", "schedule": 15.0},
    "fire-deadlines": {"task": "tickets.tasks.fire_due_clocks", "schedule": 30.0},
    "expire-proposals": {"task": "tickets.tasks.expire_proposals", "schedule": 60.0},
    "clean-up": {"task": "common.tasks.clean_up", "schedule": 3600.0},
    "clean-up-keys": {"task": "tickets.tasks.clean_up", "schedule": 3600.0},
}
