"""Qdrant in its local mode (one process, files in a folder): dense vectors and BM25 as sparse ones, fused by it."""

from collections import Counter
from typing import Any
from zlib import crc32

from qdrant_client import QdrantClient, models

from tests.bench.peers.adapters.words import tokens
from tests.bench.peers.material import Asked, Passage
from tests.bench.peers.peer import PASSAGES_PER_PAGE, Found, Peer

NAME = "passages"
K1, B = 1.2, 0.75
BATCH = 256


class Adapter(Peer):
    packages = ("qdrant-client",)
    method = "dense and BM25 (sparse, IDF by Qdrant), fused by reciprocal ranks; every vector is compared"
    needed = "fastembed's BM25 downloads its stop words; the same weights (k1 1.2, b 0.75, Snowball) are computed here"

    def build(self) -> None:
        client = QdrantClient(path=str(self.folder))
        client.create_collection(
            NAME,
            vectors_config={
                "dense": models.VectorParams(
                    size=self.material.vectors.shape[1], distance=models.Distance.COSINE
                )
            },
            sparse_vectors_config={"bm25": models.SparseVectorParams(modifier=models.Modifier.IDF)},
        )
        passages = self.material.passages
        for begin in range(0, len(passages), BATCH):
            client.upsert(NAME, [self._point(passage) for passage in passages[begin : begin + BATCH]])
        client.close()

    def open(self) -> None:
        self.client = QdrantClient(path=str(self.folder))

    def search(self, asked: Asked, *, pages: int, member: bool = True) -> list[Found]:
        limit = pages * PASSAGES_PER_PAGE
        answer = self.client.query_points(
            NAME, limit=limit, with_payload=True, **self._query(asked, member, limit)
        )
        return [_found(point) for point in answer.points]

    def folded(self, asked: Asked, *, pages: int) -> list[Found]:
        answer = self.client.query_points_groups(
            NAME,
            group_by="page",
            group_size=1,
            limit=pages,
            **self._query(asked, True, pages * PASSAGES_PER_PAGE),
        )
        return [_found(group.hits[0]) for group in answer.groups]

    def replace(self, passage: Passage) -> None:
        self.client.upsert(NAME, [self._point(passage)])

    def delete(self, page: str) -> None:
        match = models.FieldCondition(key="page", match=models.MatchValue(value=page))
        self.client.delete(NAME, models.FilterSelector(filter=models.Filter(must=[match])))

    def close(self) -> None:
        self.client.close()

    def _query(self, asked: Asked, member: bool, limit: int) -> dict[str, Any]:
        must: list[Any] = []
        if asked.only_language:
            must.append(
                models.FieldCondition(key="language", match=models.MatchValue(value=asked.only_language))
            )
        if not member:
            must.append(models.FieldCondition(key="open", match=models.MatchValue(value=True)))
        seen = models.Filter(must=must) if must else None
        words = {
            _number(language, token): 1.0
            for language in ([asked.only_language] if asked.only_language else self.material.languages)
            for token in tokens([asked.text], language, stop=asked.language)[0]
        }
        sparse = models.SparseVector(indices=list(words), values=list(words.values()))
        dense = self.material.vector_of[asked.text].tolist()
        return {
            "prefetch": [
                models.Prefetch(query=dense, using="dense", limit=limit, filter=seen),
                models.Prefetch(query=sparse, using="bm25", limit=limit, filter=seen),
            ],
            "query": models.FusionQuery(fusion=models.Fusion.RRF),
        }

    def _point(self, passage: Passage) -> models.PointStruct:
        counts = Counter(tokens([passage.text], passage.language)[0])
        norm = K1 * (1 - B + B * sum(counts.values()) / self._usual_length)
        weights = {_number(passage.language, token): n * (K1 + 1) / (n + norm) for token, n in counts.items()}
        sparse = models.SparseVector(indices=list(weights), values=list(weights.values()))
        return models.PointStruct(
            id=passage.id,
            vector={"dense": self.material.vector_of[passage.text].tolist(), "bm25": sparse},
            payload={
                "page": passage.page,
                "language": passage.language,
                "open": passage.open,
                "text": passage.text,
            },
        )

    _usual_length = 100
    """words of a passage: BM25's mean length must be known before the first point, so that it is a guess"""


def _number(language: str, token: str) -> int:
    return crc32(f"{language}:{token}".encode())


def _found(point: Any) -> Found:
    return Found(point.payload["page"], point.payload["language"])
