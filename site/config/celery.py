"""The Celery application: `celery --app config worker --pool threads` and `celery --app config beat`."""

import os

from celery import Celery
from celery.signals import worker_init

from kb.core.priority import stand_back

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.embedded")

app = Celery("lotse")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def _behind_readers(**_: object) -> None:
    """Readers first: where both want the processors, the worker gets half of what the web gets. No less: a page that an
    editor has just published is its work too, and at nice 10 that took a minute on a machine busy with other things.

    In containers docker-compose.yml does the same.
    """
    stand_back(int(os.environ.get("LOTSE_WORKER_NICE", "3")))
