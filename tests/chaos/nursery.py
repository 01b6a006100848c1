"""Starts the site's Python processes quickly: imports Django and the site once, then forks one for each start.

A killed worker of a real site needs seconds of imports to come back; two hundred schedules cannot wait for those.
What runs in a child is the real program with the real command line. Lines on stdin, one JSON object each:
{"argv": [...], "log": path} -> {"pid": number}.
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import signal
import sys
from contextlib import suppress

PR_SET_PDEATHSIG = 1


def main() -> None:
    import celery.bin.celery
    import django
    import gunicorn.app.wsgiapp
    from django.db import connections

    django.setup()
    import numpy  # noqa: F401
    import scipy.sparse  # noqa: F401

    import config.celery
    import config.urls
    import config.wsgi
    import tests.chaos.editor
    import tests.chaos.recomputation

    config.celery.app.loader.import_default_modules()
    assert all(connections[name].connection is None for name in connections), (
        "a fork must not share a connection"
    )
    programs = {
        "celery": celery.bin.celery.main,
        "gunicorn": gunicorn.app.wsgiapp.run,
        "editor": tests.chaos.editor.main,
    }
    print(json.dumps({"ready": os.getpid()}), flush=True)
    waiting = b""
    while True:
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        if not select.select([0], [], [], 0.05)[0]:
            continue
        got = os.read(0, 65_536)
        if not got:
            return
        waiting += got
        while b"\n" in waiting:
            line, waiting = waiting.split(b"\n", 1)
            order = json.loads(line)
            sys.stdout.flush()
            pid = os.fork()
            if pid == 0:
                _become(order, programs)
            print(json.dumps({"pid": pid}), flush=True)


def _become(order: dict, programs: dict) -> None:
    code = 1
    try:
        os.setsid()
        # Whatever ends the harness, nothing of it stays behind.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        log = os.open(order["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        os.dup2(log, 1)
        os.dup2(log, 2)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        sys.argv = order["argv"]
        programs[order["argv"][0]]()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
