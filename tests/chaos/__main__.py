"""`python -m tests.chaos --schedules N --seed S`."""

import os
import shutil
import sys
import tempfile
from pathlib import Path

from tests.chaos.command import parser, run


def main(words: list[str]) -> int:
    arguments = parser().parse_args(words)
    folder = arguments.folder or Path(tempfile.mkdtemp(prefix="lotse-chaos-"))
    # Before anything is imported that looks for places.
    os.environ["LOTSE_VAR"] = str(folder.resolve())
    try:
        return run(arguments)
    finally:
        if not arguments.keep and not arguments.folder:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
