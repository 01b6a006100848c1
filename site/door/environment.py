"""The Python environment: var/venv with exactly the versions of requirements.lock."""

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

from door import say
from door.places import DEV_LOCK, LOCK, ROOT, VENV, VENV_PYTHON
from door.problems import Problem, require_space

SPACE_MB = 3_000  # a finished environment measures 1.6 GB; pip unpacks beside it

BUILD_FAILED = re.compile(
    r"(?:Failed (?:building wheel|to build)|Could not build wheels) for ([\w.-]+)|error: command '(\S*(?:gcc|cc|clang)\S*)'"
)


def ensure(*, dev: bool = False) -> None:
    """Make var/venv hold the locked packages (and those of the tests with `dev`). Cheap when it already does.

    A stamp is written last: whatever was interrupted has none, and is made anew.

    Raises:
        Problem: no space, no network, or a package that would have to be compiled.
    """
    product, tests = _stamp("product", LOCK), _stamp("dev", DEV_LOCK)
    if not (product.exists() and VENV_PYTHON.exists()):
        require_space(VENV, SPACE_MB, "the Python packages")
        with say.step("Python packages (once, some 1.6 GB)") as step:
            _create()
            _install(LOCK, step)
            step.note("first import")
            _require_working_torch()
            product.touch()
    if dev and not tests.exists():
        with say.step("Packages of the tests") as step:
            _install(DEV_LOCK, step)
            tests.touch()


def enter(argv: list[str]) -> None:
    """Go on in the environment's own Python, unless this already is it. Does not return otherwise."""
    if Path(sys.prefix).resolve() != VENV.resolve():
        os.execv(VENV_PYTHON, [str(VENV_PYTHON), str(ROOT / "site" / "door" / "__main__.py"), *argv])


def _stamp(name: str, lock: Path) -> Path:
    """The file that says: this lock was installed completely, by this Python, at this place."""
    content = lock.read_bytes() + sys.version.encode() + str(VENV).encode()
    return VENV / f"installed-{name}-{hashlib.sha256(content).hexdigest()[:16]}"


def _create() -> None:
    VENV.parent.mkdir(parents=True, exist_ok=True)
    base = Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"
    python = str(base) if base.exists() else sys.executable
    made = subprocess.run([python, "-m", "venv", "--clear", str(VENV)], capture_output=True, text=True)
    if made.returncode:
        raise Problem(
            "Python cannot make a virtual environment here. Debian and Ubuntu: apt install python3-venv. "
            f"It said: {(made.stderr or made.stdout).strip().splitlines()[-1]}"
        )


def _install(lock: Path, step: say.Step) -> None:
    wanted = sum(1 for row in lock.read_text().splitlines() if "==" in row)
    # Only torch's CPU build is wanted; where the default index has another, an operator names one that has it.
    extra = ["--extra-index-url", index] if (index := os.environ.get("LOTSE_TORCH_INDEX")) else []
    command = [str(VENV_PYTHON), "-m", "pip", "install", "--no-deps", "--no-input", *extra, "-r", str(lock)]
    # Modules are compiled when they are first imported: most of these never are.
    command += ["--no-compile", "--disable-pip-version-check", "--progress-bar", "off"]
    output: list[str] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as pip:
        assert pip.stdout is not None
        collected = 0
        for row in pip.stdout:
            output.append(row)
            if row.startswith("Collecting "):
                collected += 1
                step.note(f"{collected} of {wanted}: {row.split()[1]}")
            elif row.startswith("Installing collected"):
                step.note("unpacking")
    if pip.returncode:
        raise _why(output)


def _require_working_torch() -> None:
    """A build of torch for CUDA, taken from the default index without its libraries, cannot be imported.

    Importing also compiles what web and worker will both need in a moment.
    """
    imports = "import torch, sentence_transformers"
    tried = subprocess.run([str(VENV_PYTHON), "-c", imports], capture_output=True, text=True)
    if tried.returncode:
        raise Problem(
            "The installed torch does not run on this machine: the package index offers a build for graphics cards. "
            "Name an index with builds for the processor (PyTorch's installation page has it) and start again: "
            f"LOTSE_TORCH_INDEX=… ./lotse up. It said: {tried.stderr.strip().splitlines()[-1]}"
        )


def _why(output: list[str]) -> Problem:
    """What pip's output means for a person."""
    text = "".join(output)
    if "No space left on device" in text:
        return Problem(
            "The disk ran full while the packages were installed. Free some space and start again."
        )
    if found := BUILD_FAILED.search(text):
        return Problem(
            f"A package ({found.group(1) or 'see below'}) has no ready-made file for Python "
            f"{sys.version_info.major}.{sys.version_info.minor} on this machine and needs a C compiler. Either install one "
            "(Debian and Ubuntu: apt install build-essential python3-dev) or use Python 3.11 "
            "(LOTSE_PYTHON=python3.11 ./lotse up), then start again."
        )
    if re.search(
        r"Temporary failure in name resolution|NewConnectionError|Could not resolve|ConnectTimeout", text
    ):
        return Problem(
            "The package index cannot be reached. Check the network or pip's settings and start again."
        )
    if "No matching distribution found" in text:
        return Problem(
            f"A locked package cannot be had for Python {sys.version_info.major}.{sys.version_info.minor} on this "
            f"machine. Python 3.11 is known to work (LOTSE_PYTHON=python3.11 ./lotse up). pip said: {output[-1].strip()}"
        )
    return Problem("The packages could not be installed. pip said:\n" + "".join(output[-8:]))
