"""Computes everything anew. What is there stays findable until its successor is written."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from search.index import services


class Command(BaseCommand):
    help = (
        "Makes every page due and indexes them here, together with the worker. Unchanged passages keep their vectors. "
        "Interrupted, the worker goes on by itself, and so does --resume here."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="for machines")
        parser.add_argument(
            "--resume",
            action="store_true",
            help="go on with one that was interrupted, instead of from the start",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["resume"]:
            services.rebuild()
        call_command(
            "index_pending",
            wait=600,
            json=options["json"],
            verbosity=options["verbosity"],
            stdout=self.stdout,
        )
