"""Celery: messages only say "look at the table", so losing or doubling one is harmless."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("chwiso")
app.config_from_object("config.celeryconfig")
app.autodiscover_tasks()
