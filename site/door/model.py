"""`./lotse model`: where the shipped language model lies, and which models the search knows."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from door import say
from door.places import MODEL, ROOT


def path() -> None:
    """Print the folder of the shipped model and nothing else, so that a script can use it."""
    say.line(str(MODEL))


def absolute(words: Sequence[str]) -> list[str]:
    """Folders as seen from where somebody typed them."""
    return [str(Path(word).resolve()) if Path(word).is_dir() else word for word in words]


def table() -> int:
    """Print the models, the one that a new site starts with marked. Returns the exit code."""
    from door import up  # wants the installed packages, which `path` does without

    environment = os.environ | up.environment()
    return subprocess.run([sys.executable, "-m", "search.embedding"], cwd=ROOT, env=environment).returncode
