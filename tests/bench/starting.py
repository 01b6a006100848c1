"""From a clone to an answer: a first start in an empty folder, a second one, and one after a killed run."""

import os
import re
import signal
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from door.up import free_port

ROOT = Path(__file__).parents[2]
QUESTION = "Wie bekomme ich Unternehmen aus zwei Branchen an einen Tisch?"


def measure() -> dict[str, object]:
    """Clone this checkout's HEAD into an empty folder, start it three times, and ask a question each time.

    Returns seconds from the command to the first answered question. The second of them must be ≤ 10.
    """
    with tempfile.TemporaryDirectory(prefix="lotse-fresh-") as folder:
        clone = Path(folder) / "lotse"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        figures = {}
        with _started(clone) as (process, seconds):
            figures["fresh clone to first answer"] = f"{seconds:.1f} s"
            process.send_signal(signal.SIGINT)
            process.wait(60)
        with _started(clone) as (process, seconds):
            figures["second start to first answer"] = f"{seconds:.1f} s"
            process.kill()
            process.wait()
        with _started(clone) as (process, seconds):
            figures["start after a killed run to first answer"] = f"{seconds:.1f} s"
            process.send_signal(signal.SIGINT)
            process.wait(60)
        return figures


@contextmanager
def _started(clone: Path) -> Iterator[tuple[subprocess.Popen, float]]:
    port = free_port()
    keep = {name: value for name, value in os.environ.items() if name not in ("LOTSE_VAR", "PYTHONPATH")}
    output = clone / "up.txt"
    begin = time.monotonic()
    with output.open("w") as log:
        process = subprocess.Popen(
            [str(clone / "lotse"), "up", "--port", str(port)], env=keep, stdout=log, stderr=log
        )
    try:
        while not re.search("Lotse is ready", output.read_text()):
            if process.poll() is not None:
                raise RuntimeError(output.read_text()[-3000:])
            time.sleep(0.1)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/de/suche/?q={quote(QUESTION)}") as answer:
            assert "<mark" in answer.read().decode(), "the question was not answered"
        yield process, time.monotonic() - begin
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait(60)
