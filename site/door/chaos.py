"""`./lotse chaos`: random editors and random faults against processes of its own, never against the running site."""

import os
import subprocess
import sys
from collections.abc import Sequence

from door.places import ROOT, SITE


def run(words: Sequence[str]) -> int:
    """Run the harness in tests/chaos with these words. Returns its exit code: 1 when it found anything."""
    environment = os.environ | {"PYTHONPATH": f"{SITE}{os.pathsep}{ROOT}"}
    command = [sys.executable, "-m", "tests.chaos", *words]
    return subprocess.run(command, cwd=ROOT, env=environment).returncode
