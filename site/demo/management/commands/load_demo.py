"""Loads the demo content."""

from __future__ import annotations

import logging
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from demo.loader.content import CONTENT, ContentError
from demo.loader.load import load_demo


class Command(BaseCommand):
    help = "Load the demo content. Safe to run at every start: only what changed since is touched."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--folder", type=Path, default=CONTENT, help="the content, by default the one of Lotse"
        )

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        begin = time.monotonic()
        # A line for each save would bury the progress.
        for name in ("wagtail", "django_tasks"):
            logging.getLogger(name).setLevel(logging.WARNING)
        call_command("ensure_site", stdout=self.stdout)
        try:
            loaded = load_demo(say=self._say, logins=Path(settings.VAR), folder=folder)
        except ContentError as error:
            raise CommandError(f"Demo content: {error}") from None
        for warning in loaded.warnings:
            self._say(f"Warning: {warning}")
        seconds = time.monotonic() - begin
        self._say(f"Demo content: {loaded.pages} texts, {loaded.changed} loaded, {seconds:.1f} s")

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
