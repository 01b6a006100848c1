"""`./lotse bench`: the search beside its peers, and how it grows, in an environment of its own above the product's."""

import hashlib
import os
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

from door import database, say, up
from door.places import BENCH_LOCK, BENCH_VENV, ROOT
from door.problems import Problem, require_space

SPACE_MB = 4_000  # 600 MB of packages; copies of the texts, indexes and databases for 100,000 passages


def run(words: Sequence[str]) -> int:
    """Run tests.bench.peers with these words on the site's server, running or not. Returns its exit code.

    Raises:
        Problem: no space, or no network at the first time.
    """
    if not {"--help", "-h"} & set(words):
        _ensure()
    up.make_folders()
    environment = os.environ | up.environment()
    python = BENCH_VENV / "bin" / "python" if _stamp().exists() else Path(sys.executable)
    with database.served():
        # Paths are meant as seen from where somebody typed them.
        return subprocess.run([str(python), "-m", "tests.bench.peers", *words], env=environment).returncode


def _ensure() -> None:
    """The peers' packages, beside the product's and never among them: those are seen through a .pth file."""
    if _stamp().exists():
        return
    require_space(BENCH_VENV, SPACE_MB, "what the search is compared with")
    with say.step("Packages of the peers (once, some 600 MB)"):
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(BENCH_VENV)], check=True)
        python = str(BENCH_VENV / "bin" / "python")
        pip = ["-m", "pip", "install", "--no-deps", "--no-input", "--quiet", "--disable-pip-version-check"]
        done = subprocess.run([python, *pip, "-r", str(BENCH_LOCK)], capture_output=True, text=True)
        if done.returncode:
            raise Problem(f"The peers' packages could not be installed. pip said:\n{done.stderr[-800:]}")
        where = sysconfig.get_path("purelib", vars={"base": str(BENCH_VENV), "platbase": str(BENCH_VENV)})
        Path(where, "product.pth").write_text(sysconfig.get_path("purelib") + "\n")
        _stamp().touch()


def _stamp() -> Path:
    """Written last: says that this lock was installed completely."""
    content = BENCH_LOCK.read_bytes() + sys.version.encode() + str(ROOT).encode()
    return BENCH_VENV / f"installed-{hashlib.sha256(content).hexdigest()[:16]}"
