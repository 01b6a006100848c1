"""Who works in the background stands back."""

import subprocess
import sys

SHOWN = (
    "import os; from kb.core.priority import stand_back; before = os.nice(0); stand_back(4);"
    "print(os.nice(0) - before, os.getsid(0) == os.getpid())"
)


def test_a_process_stands_back_in_a_session_of_its_own():
    for own in (False, True):
        run = subprocess.run(
            [sys.executable, "-c", SHOWN], capture_output=True, text=True, check=True, start_new_session=own
        )
        assert run.stdout.split() == ["4", "True"]
