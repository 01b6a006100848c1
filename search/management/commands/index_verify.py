"""Computes the index a second time, beside what is stored, and reports every difference."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from search.index import verification
from search.management.progress import Progress


class Command(BaseCommand):
    help = (
        "Says where the index differs from the content: missing, stale, surplus, orphaned. Ends with an error if it "
        "does anywhere."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="for machines")
        parser.add_argument(
            "--mend",
            action="store_true",
            help="remove what is too much, and make the rest due for the worker",
        )
        parser.add_argument(
            "--vectors", action="store_true", help="also embed every passage again and compare (slow)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        progress = Progress(self, shown=bool(options["verbosity"]) and not options["json"])
        found = list(verification.differences(vectors=options["vectors"], progress=progress.pages))
        progress.end()
        mended = verification.mend(found) if options["mend"] else {}
        if options["json"]:
            said = {
                "pages": progress.total,
                "seconds": round(time.monotonic() - began, 1),
                "kinds": verification.by_kind(found),
                "mended": mended,
                "differences": [verification.as_dict(one) for one in found],
            }
            self.stdout.write(json.dumps(said, ensure_ascii=False))
        else:
            self._tell(found, mended)
        if found:
            raise CommandError(f"{len(found)} differences." + (" All mended." if options["mend"] else ""))

    def _tell(self, found: list[verification.Difference], mended: dict[str, int]) -> None:
        for one in found:
            where = "" if one.page_id is None else f"page {one.page_id} "
            self.stdout.write(f"{one.kind}: {where}{one.what}")
        if not found:
            self.stdout.write("The index holds exactly what the content says.")
        if mended:
            kinds = ", ".join(f"{count} {kind}" for kind, count in mended.items())
            self.stdout.write(
                f"Mended: {kinds}. What is due is written by the worker, or by `index_pending`."
            )
