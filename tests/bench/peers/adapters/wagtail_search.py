"""Wagtail's own search in PostgreSQL, as its documentation shows it. It ranks pages and takes no vectors."""

from tests.bench.peers.adapters.in_database import InDatabase
from tests.bench.peers.material import Asked, Passage
from tests.bench.peers.peer import Found


class Adapter(InDatabase):
    packages = ("wagtail",)
    method = "words alone: PostgreSQL's full text, pages as a whole, any word (all words would find next to nothing)"
    needed = "one configuration of stems for the whole site, German where there are German texts"
    tables = "wagtailsearch_indexentry"

    def build(self) -> None:
        from django.core.management import call_command

        self.restrict()
        self.rows("truncate wagtailsearch_indexentry")
        call_command("update_index", verbosity=0)
        self.settle()

    def search(self, asked: Asked, *, pages: int, member: bool = True) -> list[Found]:
        from wagtail.models import Locale

        from search.evaluation.collected.models import CollectedPage

        among = CollectedPage.objects.live().select_related("locale")
        if not member:
            among = among.public()
        if asked.only_language:
            among = among.filter(locale=Locale.objects.get(language_code=asked.only_language))
        # Twice as many: a page and its translation are two results.
        return [
            Found(str(page.translation_key), page.locale.language_code)
            for page in among.search(asked.text, operator="or")[: 2 * pages]
        ]

    def replace(self, passage: Passage) -> None:
        self.rewrite(passage.page, passage.language, passage.text)

    def delete(self, page: str) -> None:
        self.remove(page)
