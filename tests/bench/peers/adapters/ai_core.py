"""django-ai-core with pgvector: what Wagtail's developers recommend after wagtail-vector-index. Meaning alone."""

from collections.abc import Iterable

from tests.bench.peers.adapters.in_database import InDatabase
from tests.bench.peers.material import Asked, Passage
from tests.bench.peers.peer import PASSAGES_PER_PAGE, Found


class Adapter(InDatabase):
    packages = ("django-ai-core", "pgvector")
    apps = (
        "django_ai_core",
        "django_ai_core.contrib.index",
        "django_ai_core.contrib.index.storage.pgvector",
    )
    method = "dense alone: every vector compared in PostgreSQL, filters on its JSON"
    needed = (
        "an embedding class of our own, since it asks services on the network; a source that gives our passages. "
        "wagtail-vector-index 0.10 wants litellm 1.40, which is two years old, and was not taken"
    )
    tables = "pgvector_pgvectorembedding"

    def build(self) -> None:
        from django.core.management import call_command

        call_command("migrate", verbosity=0, skip_checks=True)
        self._index().storage_provider.clear()
        self._index().build()
        self.settle()

    def open(self) -> None:
        super().open()
        self.index = self._index()

    def search(self, asked: Asked, *, pages: int, member: bool = True) -> list[Found]:
        found = self.index.search_documents(asked.text)
        if asked.only_language:
            found = found.filter(language=asked.only_language)
        if not member:
            found = found.filter(open=True)
        rows = found[: pages * PASSAGES_PER_PAGE]
        return [Found(row.metadata["page"], row.metadata["language"]) for row in rows]

    def replace(self, passage: Passage) -> None:
        self._index().update([self._document(passage)])

    def delete(self, page: str) -> None:
        keys = [str(passage.id) for passage in self.material.passages if passage.page == page]
        self._index().storage_provider.delete(keys)

    def _index(self):  # type: ignore[no-untyped-def]
        from django_ai_core.contrib.index.base import VectorIndex
        from django_ai_core.contrib.index.embedding import EmbeddingTransformer
        from django_ai_core.contrib.index.source import Source
        from django_ai_core.contrib.index.storage.pgvector import PgVectorProvider

        peer = self

        class Given(EmbeddingTransformer):
            def embed_string(self, text: str) -> list[float]:
                return list(peer.material.vector_of[text].tolist())

            def embed_documents(self, documents: Iterable, *, batch_size: int = 100) -> list:
                return [document.add_embedding(self.embed_string(document.content)) for document in documents]

        class Passages(Source):
            def get_documents(self) -> Iterable:
                return [peer._document(passage) for passage in peer.material.passages]

            def provides_document(self, document: object) -> bool:
                return True

        class Bench(VectorIndex):
            sources = [Passages()]
            embedding_transformer = Given()
            storage_provider = PgVectorProvider()

        return Bench()

    def _document(self, passage: Passage):  # type: ignore[no-untyped-def]
        from django_ai_core.contrib.index.schema import Document

        metadata = {"page": passage.page, "language": passage.language, "open": passage.open}
        return Document(document_key=str(passage.id), content=passage.text, metadata=metadata)
