"""Readers first: a process that works in the background stands back where they want the processors too."""

import contextlib
import os


def stand_back(nice: int) -> None:
    """Makes this process, and the session it leads, `nice` steps nicer (3: half the share, 5: a third). Never raises.

    Linux weighs whole sessions against each other before it looks at processes (sched_autogroup, sched(7)), so a process
    that shares its session with others gets one of its own where it can.
    """
    with contextlib.suppress(OSError):
        os.nice(nice)
    with contextlib.suppress(OSError):
        os.setsid()  # refused to the leader of a group: a worker, which has its own, or a command typed in a shell
    if os.getsid(0) == os.getpid():
        with contextlib.suppress(OSError), open("/proc/self/autogroup", "w") as group:
            group.write(str(nice))
