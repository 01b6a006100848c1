"""The one door: what it refuses, with which words, and what it does with the remains of a killed start."""

import errno
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import namedtuple
from pathlib import Path

import pytest

from door import cli, database, environment, problems, processes, up
from door.problems import Problem

ROOT = Path(__file__).parents[2]


def lotse(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(ROOT / "lotse"), *words], capture_output=True, text=True, timeout=120, env=os.environ | variables
    )


def test_help_lists_every_command():
    shown = lotse("--help").stdout
    for name in cli.COMMANDS:
        assert re.search(rf"^    {name}\s", shown, re.MULTILINE), name


def test_help_of_a_word_is_asked_of_what_knows_its_options(monkeypatch, capsys):
    """`./lotse index verify --help` says what `verify` takes, `./lotse index --help` which words there are."""
    asked = []
    monkeypatch.setattr(environment, "ensure", lambda **_: None)
    monkeypatch.setattr(environment, "enter", lambda argv: None)
    monkeypatch.setattr(cli, "manage", lambda words: asked.append(words) or 0)
    assert cli.main(["index", "verify", "--help"]) == 0
    assert cli.main(["import", "folder", "--help"]) == 0
    assert asked == [["index_verify", "--help"], ["import_guides", "folder", "--help"]]
    assert cli.main(["index", "--help"]) == 0
    assert "verify" in capsys.readouterr().out and len(asked) == 2


def test_an_unknown_command_is_refused_with_a_hint():
    done = lotse("tset")
    assert done.returncode == 2
    assert "Did you mean ./lotse test?" in done.stdout


def test_an_unknown_option_is_refused():
    done = lotse("up", "--prot", "8000")
    assert done.returncode == 2
    assert "--prot" in done.stderr


def test_an_old_python_gets_a_sentence_instead_of_a_traceback(tmp_path):
    for name in ("python3", "python3.13", "python3.12", "python3.11", "python"):
        old = tmp_path / name
        old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.2"\nexit 1\n')
        old.chmod(0o755)
    for tool in ("sh", "dirname"):
        (tmp_path / tool).symlink_to(shutil.which(tool))
    done = lotse("up", PATH=str(tmp_path), LOTSE_PYTHON="")
    assert done.returncode == 1
    assert "needs Python 3.11 or newer" in done.stderr
    assert "Python 3.9.2" in done.stderr


def test_a_taken_port_is_named_with_a_free_one():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(Problem, match=rf"Port {port} is taken .* \./lotse up --port \d+"):
            up._require_free("127.0.0.1", port)


def test_a_full_disk_is_said_before_it_happens(monkeypatch, tmp_path):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**9, 10**9, 5_000_000))
    with pytest.raises(Problem, match=r"5 MB are free .* 300 MB are needed"):
        problems.require_space(tmp_path / "not" / "yet", 300, "the site's data")


def test_a_disk_that_runs_full_meanwhile_is_a_sentence():
    problem = problems.from_os_error(OSError(errno.ENOSPC, "No space left on device", "var/run/x"))
    assert problem is not None
    assert "disk is full" in str(problem)


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        (["  error: command 'gcc' failed: No such file or directory\n"], "needs a C compiler"),
        (["ERROR: Failed building wheel for lxml\n"], "needs a C compiler"),
        (["ERROR: Could not install: [Errno 28] No space left on device\n"], "disk ran full"),
        (["ERROR: No matching distribution found for torch==2.13.0\n"], "Python 3.11 is known to work"),
        (["NewConnectionError: Temporary failure in name resolution\n"], "Check the network"),
    ],
)
def test_what_pip_says_becomes_what_to_do(output, sentence):
    assert sentence in str(environment._why(output))


def test_an_environment_without_stamp_is_made_anew(monkeypatch, tmp_path):
    """An installation that was interrupted has a Python but no stamp."""
    venv = tmp_path / "venv"
    (venv / "bin").mkdir(parents=True)
    python = venv / "bin" / "python"
    python.touch()
    done = []
    monkeypatch.setattr(environment, "VENV", venv)
    monkeypatch.setattr(environment, "VENV_PYTHON", python)
    monkeypatch.setattr(environment, "_create", lambda: done.append("create"))
    monkeypatch.setattr(environment, "_install", lambda lock, step: done.append(lock.name))
    monkeypatch.setattr(environment, "_require_working_torch", lambda: done.append("torch"))
    environment.ensure()
    environment.ensure()
    assert done == ["create", "requirements.lock", "torch"]


@pytest.fixture
def folders(monkeypatch, tmp_path):
    """A data folder of the test's own for everything the launcher writes."""
    monkeypatch.setattr(processes, "STARTED", tmp_path / "run" / "processes.json")
    monkeypatch.setattr(database, "POSTGRES", tmp_path / "postgres")
    monkeypatch.setattr(database, "RUN", tmp_path / "run")
    monkeypatch.setattr(database, "LOG", tmp_path / "log")
    monkeypatch.setattr(up, "RUN", tmp_path / "run")
    return tmp_path


def test_a_second_start_in_the_same_folder_is_refused(folders):
    with up._only_one(8000):
        script = (
            f"import sys; sys.path.insert(0, {str(ROOT / 'site')!r}); from pathlib import Path; from door import up;"
            f"up.RUN = Path({str(folders / 'run')!r}); up._only_one(8001).__enter__()"
        )
        second = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert second.returncode != 0
    assert "already runs" in second.stderr
    assert "port 8000" in second.stderr


def test_the_processes_of_a_killed_start_are_ended_by_the_next(folders):
    left = processes.Child("sleeper", ["sleep", "300"], folders / "log" / "sleeper.log")
    left.start()
    assert processes.end_leftovers() == 1
    assert left.process.wait(5) is not None
    assert processes.end_leftovers() == 0


def test_a_foreign_process_with_a_reused_number_is_left_alone(folders):
    stranger = subprocess.Popen(["sleep", "300"])
    try:
        processes.STARTED.parent.mkdir(parents=True)
        processes.STARTED.write_text(f'{{"{stranger.pid}": 12345.0}}')
        assert processes.end_leftovers() == 0
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_child_that_dies_is_started_again_but_not_for_ever(folders):
    child = processes.Child("short", ["false"], folders / "log" / "short.log")
    child.start()
    for _ in range(processes.RESTARTS_PER_MINUTE - 1):
        child.process.wait()
        child.restart()
    with pytest.raises(Problem, match="keeps ending"):
        child.restart()
    child.stop()


def test_a_worker_that_keeps_ending_does_not_take_the_site_along(folders, monkeypatch):
    """A broken broker ends workers at once: readers are answered all the same, and its folder is made again."""
    mended = []
    worker = processes.Child(
        "worker", ["false"], folders / "log" / "worker.log", vital=False, before=lambda: mended.append(1)
    )
    worker.start()
    turns = iter(range(3 * processes.RESTARTS_PER_MINUTE))

    def sleep(seconds):
        worker.process.wait()
        if next(turns, None) is None:
            raise KeyboardInterrupt

    monkeypatch.setattr(processes.time, "sleep", sleep)
    with pytest.raises(KeyboardInterrupt):
        processes.watch([worker])
    assert len(worker.starts) == len(mended) == processes.RESTARTS_PER_MINUTE
    worker.stop()


def test_children_end_with_a_launcher_that_was_killed(folders):
    """kill -9 leaves no chance to tidy up: the system does it."""
    if sys.platform != "linux":
        pytest.skip("only Linux tells children of their parent's death")
    script = (
        f"import sys; sys.path.insert(0, {str(ROOT / 'site')!r}); from pathlib import Path; from door import processes;"
        f"processes.STARTED = Path({str(folders)!r}) / 'p.json';"
        f"c = processes.Child('s', ['sleep', '300'], Path({str(folders)!r}) / 's.log'); c.start();"
        "print(c.process.pid, flush=True); import time; time.sleep(300)"
    )
    launcher = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    child = int(launcher.stdout.readline())
    launcher.send_signal(signal.SIGKILL)
    launcher.communicate()
    for _ in range(50):
        if processes._begin(child) is None:
            return
        time.sleep(0.1)
    pytest.fail("the child outlived the launcher")


def test_postgresql_starts_after_a_kill_and_after_an_interrupted_initdb(folders):
    """Real PostgreSQL: a half-made data folder, a first start, a kill -9 with a foreign pid, a second start."""
    half = folders / "postgres.unfinished"
    half.mkdir()
    (half / "PG_VERSION").write_text("18")
    server = database.child()
    server.start()
    database.wait(server)
    with database._connect(database.NAME) as connection:
        connection.execute("create table kept (id int)")
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait()
    processes._kill_group(server.process.pid)
    pid_file = folders / "postgres" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    again = database.child()
    again.start()
    try:
        database.wait(again)
        with database._connect(database.NAME) as connection:
            assert connection.execute("select count(*) from kept").fetchone() == (0,)
    finally:
        again.stop()


def test_data_of_another_postgresql_are_refused_with_a_sentence(folders):
    (folders / "postgres").mkdir()
    (folders / "postgres" / "PG_VERSION").write_text("15\n")
    with pytest.raises(Problem, match="written by PostgreSQL 15"):
        database.child()


def test_the_lock_pins_the_processor_build_by_its_plain_version():
    rows = (ROOT / "requirements.lock").read_text().splitlines()
    assert "torch==2.13.0" in rows
    assert not [row for row in rows if "nvidia" in row or "+cpu" in row]
