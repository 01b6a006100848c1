"""`./lotse audit` and `./lotse screenshots`: hand the running site's address to tests/audit."""

import os
import subprocess
import sys
from collections.abc import Sequence

from door import assets, test, up
from door.places import ROOT, SITE, VAR
from door.problems import Problem


def run(what: str, words: Sequence[str]) -> int:
    """Run tests.audit (`what` "") or tests.audit.`what` with these words. Returns its exit code.

    Raises:
        Problem: no site runs here, and no other one is named with --url.
    """
    own = (
        []
        if {"--url", "--help", "-h"} & {word.partition("=")[0] for word in words}
        else ["--url", _running()]
    )
    test.install_programs()
    assets.ensure()
    environment = os.environ | {
        "PYTHONPATH": f"{SITE}{os.pathsep}{ROOT}",
        "LOTSE_VAR": str(VAR),
    }
    module = ".".join(["tests.audit", what]).rstrip(".")
    return subprocess.run([sys.executable, "-m", module, *own, *words], env=environment).returncode


def _running() -> str:
    port = up.port()
    if port is None:
        raise Problem("Start the site first, in another terminal: ./lotse up. Or name one: --url https://…")
    return f"http://localhost:{port}"
