"""`./lotse lock`: resolve pyproject.toml anew and write what came out, for the product, its tests and its bench."""

import subprocess
import tempfile
import tomllib
from pathlib import Path

from door import say
from door.places import BENCH_LOCK, DEV_LOCK, LOCK, ROOT

HEAD = "# Written by ./lotse lock from pyproject.toml. Installed with --no-deps: what is not here is not installed.\n"


def write() -> None:
    """Install into an empty environment, product first, and freeze. Raises CalledProcessError when pip fails."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    with tempfile.TemporaryDirectory() as folder:
        python = Path(folder) / "venv" / "bin" / "python"
        subprocess.run(["python3", "-m", "venv", str(python.parent.parent)], check=True)
        torch = next(name for name in project["project"]["dependencies"] if name.startswith("torch"))
        # First alone: asked for beside others, a resolver may prefer a build with gigabytes of CUDA.
        _install(python, [torch])
        _install(python, project["project"]["dependencies"])
        product = _freeze(python)
        LOCK.write_text(HEAD + "\n".join(product) + "\n")
        more = {
            lock.name: _beside(python, project["dependency-groups"][group], lock, product)
            for group, lock in (("dev", DEV_LOCK), ("bench", BENCH_LOCK))
        }
    counts = ", ".join(f"{count} more in {name}" for name, count in more.items())
    say.line(f"{len(product)} packages in {LOCK.name}, {counts}")


def _beside(python: Path, wanted: list[str], lock: Path, product: list[str]) -> int:
    """Install into the product's environment without moving it, write what came, take it out again. Returns how many."""
    _install(python, ["--constraint", str(LOCK), *wanted])
    came = [row for row in _freeze(python) if row not in set(product)]
    lock.write_text(HEAD + "\n".join(came) + "\n")
    names = [row.partition("==")[0] for row in came]
    subprocess.run([str(python), "-m", "pip", "uninstall", "--quiet", "--yes", *names], check=True)
    return len(came)


def _install(python: Path, wanted: list[str]) -> None:
    subprocess.run([str(python), "-m", "pip", "install", "--quiet", *wanted], check=True)


def _freeze(python: Path) -> list[str]:
    frozen = subprocess.run([str(python), "-m", "pip", "freeze"], check=True, capture_output=True, text=True)
    # "+cpu" names one index's build; the version alone is found on every index.
    return [row.replace("+cpu", "") for row in frozen.stdout.splitlines() if "==" in row]
