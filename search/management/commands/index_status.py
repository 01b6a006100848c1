"""The index in figures, for people and for monitoring."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from search.index import selectors


class Command(BaseCommand):
    help = "Says what the index holds, what is due and what failed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        status = selectors.status()
        state = asdict(status)
        state["pages_per_minute"] = pace = selectors.pages_per_minute()
        state["seconds_left"] = round(60 * (status.due - status.failed) / pace) if pace else None
        if options["json"]:
            self.stdout.write(json.dumps(state, default=str))
            return
        failures = state.pop("failures")
        languages = state.pop("languages")
        for name, value in state.items():
            self.stdout.write(f"{name.replace('_', ' '):<12} {value}")
        self.stdout.write("languages    " + ", ".join(f"{code} {n}" for code, n in sorted(languages.items())))
        for failure in failures:
            self.stdout.write(
                f"page {failure['page']} {failure['title']!r}, tried {failure['tries']} times: {failure['error']}"
            )
