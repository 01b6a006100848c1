"""`./lotse messages`: bring site/locale up to date with the texts in code and templates."""

import os
import subprocess
import sys

from door.places import ROOT


def extract() -> int:
    """Extract with GNU gettext. Returns the exit code; what is new has an empty translation in django.po."""
    command = [sys.executable, str(ROOT / "site" / "manage.py"), "makemessages", "--locale", "de"]
    command += ["--no-obsolete", "--no-wrap", "--add-location", "file"]
    for folder in ("var", "tests", "site/door", "node_modules", "build"):
        command += ["--ignore", folder]
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings.test", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environment)
    if done.returncode == 0:
        _forget_date()
    return done.returncode


def _forget_date() -> None:
    """Take the hour of the extraction out again: a catalogue changes when its texts do."""
    catalogue = ROOT / "site" / "locale" / "de" / "LC_MESSAGES" / "django.po"
    lines = catalogue.read_text().splitlines(keepends=True)
    catalogue.write_text("".join(line for line in lines if not line.startswith('"POT-Creation-Date')))
