"""The site's own German-English term table, mined now."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from search.bilingual import services
from search.bilingual.store import Superseded


class Command(BaseCommand):
    help = (
        "Learns from the site's translated pages which German and English words translate each other. "
        "A worker does the same by itself once translated pages have changed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = services.mine()
        except Superseded as error:
            raise CommandError(
                "Pages were withdrawn again and again while their terms were mined. Nothing has changed; "
                "please try once more."
            ) from error
        assert report is not None  # it waits for others
        if options["json"]:
            self.stdout.write(json.dumps(asdict(report)))
            return
        self.stdout.write(
            f"pages        {report.pages} in German and English that every visitor may see\n"
            f"passages     {report.passages} aligned, {report.passages_left} without a counterpart\n"
            f"compared     {report.pairs} sentences, headings and titles\n"
            f"de to en     {report.de_rows} terms, {report.de_new} of them not in the table that comes with Lotse\n"
            f"en to de     {report.en_rows} terms, {report.en_new} of them not in the table that comes with Lotse\n"
            f"kept         {report.size / 1000:.0f} kB\n"
            f"took         {report.seconds} s"
        )
        if report.pages_left:
            self.stdout.write(
                f"{report.pages_left} older pages were left out: there are more than are mined in time."
            )
        if not report.pages:
            self.stdout.write("Until pages are translated, the table that comes with Lotse serves alone.")
