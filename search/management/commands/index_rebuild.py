"""Computes everything anew. What is there stays findable until its successor is written."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from search.index import services


class Command(BaseCommand):
    help = "Makes every page due and indexes them here. Unchanged passages keep their vectors."

    def handle(self, *args: Any, **options: Any) -> None:
        services.rebuild()
        call_command("index_pending", verbosity=options["verbosity"], stdout=self.stdout)
