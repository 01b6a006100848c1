"""`./lotse measure`: hand the running site's address to the measurements in tests/bench."""

import os
import subprocess
import sys
from collections.abc import Sequence

from door import up
from door.places import ROOT, VAR
from door.problems import Problem


def run(words: Sequence[str]) -> int:
    """Run the measurements named in `words` (all without `starting` when none is named). Returns their exit code.

    Raises:
        Problem: the site does not run, and a measurement needs it.
    """
    port = up.port()
    if port is None and not {"starting", "--help", "-h"} & set(words):
        raise Problem("Start the site first, in another terminal: ./lotse up")
    number = port or 8000
    command = [sys.executable, "-m", "tests.bench", "--var", str(VAR)]
    command += ["--address", f"http://localhost:{number}", *words]
    environment = up.environment(number)
    environment["PYTHONPATH"] += f"{os.pathsep}{ROOT}"
    return subprocess.run(command, cwd=ROOT, env=os.environ | environment).returncode
