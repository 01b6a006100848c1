"""Works off what is due in this process: for the first start, imports, and machines without a worker."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from search.index import selectors, services
from search.index.services import Report
from search.management.progress import Progress
from search.related import compute


class Command(BaseCommand):
    help = "Indexes all pages that are due, here and now, and shows progress."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--wait",
            type=float,
            default=0,
            metavar="SECONDS",
            help="how long to wait for pages that a worker has claimed or that failed and will be tried again",
        )

        parser.add_argument(
            "--words",
            action="store_true",
            help="stop as soon as every page can be found by its words; a worker adds their meaning",
        )

        parser.add_argument("--json", action="store_true", help="for machines")

    def handle(self, *args: Any, wait: float, words: bool, **options: Any) -> None:
        began = time.monotonic()
        talks = bool(options["verbosity"]) and not options["json"]
        if words:
            services.drop_surplus()
            written = services.write_words()
            if talks:
                self.stdout.write(
                    f"{written} pages can be found by their words, {time.monotonic() - began:.1f} s."
                )
            return
        todo = len(selectors.pages_due())
        report = Report()
        progress = Progress(self, shown=talks)
        while True:
            base = report

            def show(now: Report, base: Report = base) -> None:
                done = (base + now).total
                progress.pages(done, max(todo, done))

            report += services.index_due(progress=show)
            state = selectors.status()
            waiting = state.due - state.failed
            if not waiting or time.monotonic() - began > wait:
                break
            time.sleep(0.5)
        compute.relate_pending()
        if options["json"]:
            said = {"written": report.written, "due": state.due, "failed": state.failed}
            self.stdout.write(json.dumps(said | {"seconds": round(time.monotonic() - began, 1)}))
        elif talks:
            self.stdout.write(
                f"\r{report.written} pages indexed in {time.monotonic() - began:.1f} s, "
                f"{state.due} still due, {state.failed} failed.   "
            )
        if state.due:
            raise CommandError("Not everything could be indexed: `index_status` says what and why.")
