"""The deployed site. Importing it makes the Celery application known to Django's tasks."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
