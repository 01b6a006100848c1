"""The Celery application: `celery --app config worker --pool threads` and `celery --app config beat`."""

import contextlib
import os

from celery import Celery
from celery.signals import worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.embedded")

app = Celery("lotse")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def _behind_readers(**_: object) -> None:
    """Readers first: where both want the processors, the worker gets half of what the web gets. No less: a page that an
    editor has just published is its work too, and at nice 10 that took a minute on a machine busy with other things.

    Linux weighs whole sessions against each other before it looks at processes (sched_autogroup, sched(7)), and the
    worker has a session of its own, so the session is told too. In containers docker-compose.yml does the same.
    """
    nice = int(os.environ.get("LOTSE_WORKER_NICE", "3"))
    with contextlib.suppress(OSError):
        os.nice(nice)
    with contextlib.suppress(OSError), open("/proc/self/autogroup", "w") as group:
        group.write(str(nice))
