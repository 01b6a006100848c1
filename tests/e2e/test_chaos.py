"""A few schedules of the fault harness; `./lotse chaos --schedules 200` runs as many as one likes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCHEDULES = 4


@pytest.mark.e2e
@pytest.mark.timeout(1500)
def test_a_few_random_schedules_leave_the_index_as_the_content_says():
    # Their time depends on the machine: quick ones need a minute, and none is told to hurry.
    words = ["--schedules", str(SCHEDULES), "--seed", "ci", "--json"]
    environment = os.environ | {"PYTHONPATH": f"{ROOT / 'site'}{os.pathsep}{ROOT}"}
    run = subprocess.run(
        [sys.executable, "-m", "tests.chaos", *words],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    found = json.loads(run.stdout[run.stdout.index("{") :]) if "{" in run.stdout else {}
    assert run.returncode == 0, f"{json.dumps(found, indent=2)[-6000:]}\n{run.stderr[-3000:]}"
    assert found["schedules"] == SCHEDULES
    assert sum(found["faults"].values()) > 0
    assert found["answers"]["200"] > 0
