"""docker-compose.yml and the Dockerfile run what the tests run, and name only settings that exist."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from door import commands

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service.get("image") == "lotse"}


def test_services_are_those_of_the_design():
    assert set(SERVICES) == {"db", "broker", "migrate", "web", "worker", "beat"}


@pytest.mark.parametrize(
    ("service", "command"),
    [
        ("web", commands.WEB),
        ("worker", commands.WORKER),
        ("beat", commands.BEAT),
        ("migrate", commands.PREPARE),
    ],
)
def test_a_service_runs_the_command_that_the_launcher_runs(service, command):
    assert SERVICES[service]["command"][: len(command)] == command


def test_programs_of_the_commands_exist():
    for service in OURS.values():
        program = service["command"][0]
        assert program == "python" or (Path(sys.executable).parent / program).exists()


def test_settings_named_in_compose_are_read_somewhere():
    readers = [*(ROOT / "site" / "config").rglob("*.py"), *(ROOT / "site" / "door").glob("*.py")]
    code = "".join(path.read_text() for path in readers)
    for name in COMPOSE["x-lotse"]["environment"]:
        assert f'"{name}"' in code, f"{name} is set in docker-compose.yml but nobody reads it"


def test_variables_an_operator_must_set_are_in_the_example():
    wanted = set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text()))
    offered = set(re.findall(r"^(\w+)=", (ROOT / "docs" / "operators.env.example").read_text(), re.M))
    assert wanted == offered


def test_what_an_operator_sets_reaches_every_process():
    """Compose itself hands on only what `environment` names; the table in docs/operators.md has more."""
    assert {service["env_file"] for service in OURS.values()} == {".env"}


def test_every_long_running_service_has_a_health_check_and_none_runs_as_root():
    for name, service in SERVICES.items():
        if name != "migrate":
            assert "healthcheck" in service, name
    assert re.search(r"^USER lotse$", (ROOT / "Dockerfile").read_text(), re.M)
    assert SERVICES["broker"]["user"] != "root"


def test_nothing_starts_before_the_schema_is_there():
    for name in ("web", "worker", "beat"):
        assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_folders_copied_into_the_image_exist():
    for line in (ROOT / "Dockerfile").read_text().splitlines():
        if line.startswith("COPY ") and "--from" not in line:
            for source in line.split()[1:-1]:
                assert (ROOT / source).exists(), source


def test_production_settings_pass_the_deployment_check():
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
        "LOTSE_SECRET_KEY": "x" * 25 + "abcdefghijklmnopqrstuvwxyz0123456789",
        "LOTSE_ALLOWED_HOSTS": "lotse.example.org",
    }
    done = subprocess.run(
        [sys.executable, "site/manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
