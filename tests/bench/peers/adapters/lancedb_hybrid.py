"""LanceDB: files in a folder, vectors compared one by one, its own full-text index in each language, fused by it."""

import os

os.environ.setdefault("LANCE_LOG", "error")  # else it warns of its own future with every question

import lancedb
import pyarrow as pa
from lancedb.index import FTS
from lancedb.query import MatchQuery, MultiMatchQuery
from lancedb.rerankers import RRFReranker

from tests.bench.peers.material import Asked, Passage
from tests.bench.peers.peer import PASSAGES_PER_PAGE, Found, Peer

LANGUAGES = {"de": "German", "en": "English"}
SHOWN = ["page", "language", "text"]


class Adapter(Peer):
    packages = ("lancedb",)
    method = "dense and full text (stems of each language, a column each), fused by reciprocal ranks"
    needed = "one column of text for each language, since a full-text index stems in one"

    def build(self) -> None:
        table = lancedb.connect(self.folder).create_table(
            "passages", self._rows(self.material.passages), mode="overwrite"
        )
        for language in self.material.languages:
            config = FTS(language=LANGUAGES[language], stem=True, remove_stop_words=True, ascii_folding=True)
            table.create_index(_column(language), config=config)

    def open(self) -> None:
        self.table = lancedb.connect(self.folder).open_table("passages")
        self.reranker = RRFReranker()

    def search(self, asked: Asked, *, pages: int, member: bool = True) -> list[Found]:
        columns = [_column(code) for code in self.material.languages]
        words: MatchQuery | MultiMatchQuery
        if asked.only_language or len(columns) == 1:
            words = MatchQuery(asked.text, _column(asked.only_language or self.material.languages[0]))
        else:
            words = MultiMatchQuery(asked.text, columns)
        query = (
            self.table.search(query_type="hybrid")
            .vector(self.material.vector_of[asked.text])
            .text(words)
            .distance_type("cosine")
            .rerank(self.reranker)
            .select(SHOWN)
            .limit(pages * PASSAGES_PER_PAGE)
        )
        conditions = [f"language = '{asked.only_language}'"] if asked.only_language else []
        if not member:
            conditions.append("open = true")
        if conditions:
            query = query.where(" and ".join(conditions), prefilter=True)
        rows = query.to_arrow()
        return [
            Found(page, language)
            for page, language in zip(rows["page"].to_pylist(), rows["language"].to_pylist(), strict=True)
        ]

    def replace(self, passage: Passage) -> None:
        self.table.merge_insert("id").when_matched_update_all().when_not_matched_insert_all().execute(
            self._rows([passage])
        )

    def delete(self, page: str) -> None:
        self.table.delete(f"page = '{page}'")

    def _rows(self, passages: list[Passage]) -> pa.Table:
        vectors = pa.array([self.material.vector_of[passage.text] for passage in passages])
        size = self.material.vectors.shape[1]
        columns = {
            "id": [passage.id for passage in passages],
            "page": [passage.page for passage in passages],
            "language": [passage.language for passage in passages],
            "open": [passage.open for passage in passages],
            "text": [passage.text for passage in passages],
            "vector": vectors.cast(pa.list_(pa.float32(), size)),
        }
        for language in self.material.languages:
            columns[_column(language)] = [
                passage.text if passage.language == language else "" for passage in passages
            ]
        return pa.table(columns)


def _column(language: str) -> str:
    return f"text_{language}"
