"""Bring a site up to date: schema, translations of the interface, page skeleton, static files, demo content."""

from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandParser, call_command
from django.db import connection

from kb.core.catalogues import compile_catalogues


class Command(BaseCommand):
    help = "Migrate, compile translations, make the page skeleton, collect static files. Safe to run at every start."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--demo", action="store_true", help="load the demo content as well")
        parser.add_argument(
            "--no-static", dest="static", action="store_false", help="leave static files alone"
        )

    def handle(self, *args: Any, demo: bool, static: bool, **options: Any) -> None:
        self._say("translations of the interface")
        compile_catalogues(settings.LOCALE_PATHS)
        self._say("database schema")
        call_command("migrate", interactive=False, verbosity=1, stdout=self.stdout)
        self._say("page skeleton")
        call_command("ensure_site")
        if static:
            self._say("static files")
            call_command("collectstatic", interactive=False, verbosity=0)
        if demo:
            call_command("load_demo", stdout=self.stdout)
        connection.close()

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
