"""Computes the index a second time, beside what is stored, and reports every difference."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from search.index import services, verification


class Command(BaseCommand):
    help = "Says where the index differs from the content. Ends with an error if it does anywhere."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="for machines")
        parser.add_argument("--mend", action="store_true", help="make what differs due again")

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(verification.differences())
        if options["json"]:
            self.stdout.write(json.dumps([asdict(one) for one in found]))
        else:
            for one in found:
                self.stdout.write(f"page {one.page_id}: {one.what}")
        if not found:
            if not options["json"]:
                self.stdout.write("The index holds exactly what the content says.")
            return
        if options["mend"]:
            services.mark_changed(one.page_id for one in found)
            services.drop_surplus()
        raise CommandError(f"{len(found)} differences.")
