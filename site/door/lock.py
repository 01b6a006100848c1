"""`./lotse lock`: resolve pyproject.toml anew and write what came out, for the product and for its tests."""

import subprocess
import tempfile
import tomllib
from pathlib import Path

from door import say
from door.places import DEV_LOCK, LOCK, ROOT

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
        _install(python, project["dependency-groups"]["dev"])
        dev = [row for row in _freeze(python) if row not in set(product)]
        DEV_LOCK.write_text(HEAD + "\n".join(dev) + "\n")
    say.line(f"{len(product)} packages in {LOCK.name}, {len(dev)} more in {DEV_LOCK.name}")


def _install(python: Path, wanted: list[str]) -> None:
    subprocess.run([str(python), "-m", "pip", "install", "--quiet", *wanted], check=True)


def _freeze(python: Path) -> list[str]:
    frozen = subprocess.run([str(python), "-m", "pip", "freeze"], check=True, capture_output=True, text=True)
    # "+cpu" names one index's build; the version alone is found on every index.
    return [row.replace("+cpu", "") for row in frozen.stdout.splitlines() if "==" in row]
