"""gunicorn's worker with threads, which also knows how long a request stood in its queue."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from gunicorn.workers.gthread import ThreadWorker


class Worker(ThreadWorker):  # type: ignore[misc]
    def get_thread_pool(self) -> ThreadPoolExecutor:
        return _DatedThreads(max_workers=self.cfg.threads)


class _DatedThreads(ThreadPoolExecutor):
    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        queued_at = time.monotonic()

        def run() -> Any:
            from kb.limits import admission  # not in the master, which loads nothing of the site

            # Now, not later: a browser may open a connection long before it asks anything.
            admission.note_waited(time.monotonic() - queued_at)
            return fn(*args, **kwargs)

        return super().submit(run)
