"""Memory of all processes of the running site (Linux: proportional set size, so that shared pages count once)."""

import json
from pathlib import Path

import psutil


def measure(var: Path) -> dict[str, object]:
    """MB of each process that `./lotse up` started, with its children, and their sum."""
    found = sizes(var)
    return {name: f"{size:.0f} MB" for name, size in found.items()} | {"sum": f"{sum(found.values()):.0f} MB"}


def sizes(var: Path) -> dict[str, float]:
    """The same in numbers."""
    found: dict[str, float] = {}
    for pid in json.loads((var / "run" / "processes.json").read_text()):
        if not psutil.pid_exists(int(pid)):
            continue
        process = psutil.Process(int(pid))
        words = " ".join(process.cmdline())
        kinds = {"postgres": "postgres", "gunicorn": "web", " worker": "worker", " beat": "beat"}
        name = next(kind for word, kind in kinds.items() if word in words)
        family = [process, *process.children(recursive=True)]
        found[name] = sum(member.memory_full_info().pss for member in family) / 1e6
    return found
