"""What peers share that answer from the collection's own PostgreSQL database, as Django does."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from tests.bench.peers.material import Material
from tests.bench.peers.peer import Peer

ENVIRONMENT = "environment.json"
"""beside the peers' folders: the variables that point Django at the collection's database"""


class InDatabase(Peer):
    apps: ClassVar[Sequence[str]] = ()
    """Django apps of its own"""
    tables: ClassVar[str]
    """LIKE pattern of the tables that are its index"""

    def __init__(self, folder: Path, material: Material) -> None:
        super().__init__(folder, material)
        os.environ.update(json.loads((folder.parent / ENVIRONMENT).read_text()))
        os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.peers.django_settings"
        os.environ["LOTSE_BENCH_APPS"] = " ".join(self.apps)
        os.environ["LOTSE_BENCH_NAME"] = self.application
        import django

        django.setup()

    @property
    def application(self) -> str:
        return f"bench {type(self).__module__.rpartition('.')[2]}"

    def open(self) -> None:
        """The connection; Django makes it with the first statement."""
        self.rows("select 1")

    def settle(self) -> None:
        """What autovacuum does within a minute of an index's building: without it no index is read alone."""
        self.rows("vacuum analyze")

    def disk(self) -> int:
        return int(
            self.rows(
                "select coalesce(sum(pg_total_relation_size(oid)), 0)::bigint from pg_class "
                "where relkind = 'r' and relname like %s",
                [self.tables],
            )[0][0]
        )

    def server_pids(self) -> list[int]:
        found = self.rows("select pid from pg_stat_activity where application_name = %s", [self.application])
        return [pid for (pid,) in found]

    def close(self) -> None:
        from django.db import connections

        connections.close_all()

    def restrict(self) -> None:
        """Pages whose passages are closed are for people who are logged in."""
        from wagtail.models import Page, PageViewRestriction

        closed = {(passage.page, passage.language) for passage in self.material.passages if not passage.open}
        PageViewRestriction.objects.all().delete()
        if not closed:
            return
        pages = Page.objects.filter(translation_key__in={page for page, _ in closed}).select_related("locale")
        PageViewRestriction.objects.bulk_create(
            PageViewRestriction(page=page, restriction_type=PageViewRestriction.LOGIN)
            for page in pages
            if (str(page.translation_key), page.locale.language_code) in closed
        )

    def rewrite(self, page: str, language: str, text: str) -> Any:
        """Publishes another text on the page in this language; `text` with its title in the first line, as in the
        material. Returns the page."""
        from search.evaluation.collected.models import CollectedPage

        found = CollectedPage.objects.get(translation_key=page, locale__language_code=language)
        found.text = text.partition("\n")[2]
        found.save_revision().publish()
        return found

    def remove(self, page: str) -> None:
        from search.evaluation.collected.models import CollectedPage

        for found in CollectedPage.objects.filter(translation_key=page):
            found.delete()

    @staticmethod
    def rows(statement: str, params: Sequence[object] = ()) -> list[Any]:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(statement, params)
            return list(cursor.fetchall()) if cursor.description else []
