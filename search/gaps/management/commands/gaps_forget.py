"""Delete every noted question."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from search.gaps import ageing
from search.gaps.models import Asking, Gap


class Command(BaseCommand):
    help = "Deletes all noted questions, their counts and what editors decided about them. Cannot be undone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-input", action="store_true", help="do not ask whether you are sure")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["no_input"]:
            said = input('This deletes every noted question for good. Type "yes" to go on: ')
            if said.strip().lower() != "yes":
                raise CommandError("Nothing was deleted.")
        wordings, gaps = Asking.objects.count(), Gap.objects.count()
        ageing.forget_everything()
        self.stdout.write(f"Deleted: {wordings} wordings of {gaps} questions, with counts and decisions.")
