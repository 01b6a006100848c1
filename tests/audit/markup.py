"""Is the markup HTML? html-validate (npm) with the rules of the standard alone, one process for all pages."""

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ASSETS = Path(__file__).parents[2] / "site" / "assets"


def check(pages: Mapping[str, str]) -> dict[str, list[str]]:
    """Name -> HTML of each page. Returns name -> what is wrong, one line each.

    Raises CalledProcessError when the validator does not run.
    """
    # Where the machine had no Node, the styles were built with one from pip.
    node = shutil.which("node") or str(Path(sys.prefix) / "bin" / "node")
    done = subprocess.run(
        [node, "validate.mjs"],
        cwd=ASSETS,
        input=json.dumps(pages),
        capture_output=True,
        text=True,
        check=True,
    )
    return {
        name: [f"{one['rule']}: {one['message']} (line {one['line']})" for one in messages]
        for name, messages in json.loads(done.stdout).items()
    }
