"""The composition root: settings, URLs, Celery and how the whole is run."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
