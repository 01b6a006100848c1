"""The ways of finding related pages that are compared, each page's nearest in its own language.

`lotse` is what is stored; `lotse, no line` the same without the threshold, as the others have none. Baselines: the
cosine of all tf-idf terms (the same stems), the cosine of the means of the passages' vectors (the same model), and the
number of common tags, as Wagtail's tags are used.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from search.analysis import words
from search.conf import using
from search.embedding import index_embedder
from search.related import compute

if TYPE_CHECKING:
    import numpy.typing

    Matrix = numpy.typing.NDArray[Any]

LOTSE, NO_LINE, TFIDF, MEAN, TAGS = "lotse", "lotse, no line", "tf-idf", "mean page vector", "tags"
DEPTH = 10

Rankings = Mapping[int, Sequence[int]]
"""page id -> ids of the nearest, best first, at most DEPTH"""


@dataclass(frozen=True)
class Page:
    """What every method sees of a page."""

    id: int
    key: str
    language: str
    title: str
    text: str
    facets: tuple[str, ...]


def pages() -> list[Page]:
    """What everybody may see of the index."""
    from search.reader import ANONYMOUS
    from search.retrieval.statement import sql, visible_params

    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            with
            {sql("visible.sql")}
            texts as (
                select v.page_id, v.translation_key::text, v.language, v.title, coalesce(string_agg(
                    array_to_string(s.heading_path, E'\\n') || E'\\n' || s.text, E'\\n' order by s.ordinal), ''),
                    v.facets
                from visible v left join search_passage s on s.page_id = v.page_id
                group by v.page_id, v.translation_key, v.language, v.title, v.facets
            )
            select * from texts order by page_id
            """,
            visible_params(ANONYMOUS),
        )
        return [
            Page(page_id, key, language, title, text, tuple(facets))
            for page_id, key, language, title, text, facets in cursor.fetchall()
        ]


def rankings(
    found: Sequence[Page], tags: Mapping[int, Sequence[str]], say: Callable[[str], None]
) -> dict[str, Rankings]:
    """All methods over the same pages. Leaves the stored relations as they are."""
    ranked: dict[str, Rankings] = {}
    say("related pages")
    with transaction.atomic():
        compute.relate_all()
        ranked[LOTSE] = _stored(found)
        with using(related_threshold=-9.0, related_nearest=-9.0):
            compute.relate_all()
        ranked[NO_LINE] = _stored(found)
        transaction.set_rollback(True)
    for name, matrix in ((TFIDF, _tfidf), (MEAN, _means)):
        say(name)
        ranked[name] = _nearest(found, matrix(found))
    if any(tags.values()):
        ranked[TAGS] = _by_tags(found, tags)
    return ranked


def _stored(found: Sequence[Page]) -> Rankings:
    language = {page.id: page.language for page in found}
    nearest: dict[int, list[int]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute("select page_id, other_id from search_relation order by page_id, score desc, other_id")
        for page, other in cursor.fetchall():
            if page in language and language.get(other) == language[page] and len(nearest[page]) < DEPTH:
                nearest[page].append(other)
    return nearest


def _tfidf(found: Sequence[Page]) -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer

    def terms(page: Page) -> list[str]:
        text = f"{page.title}\n{page.text}"
        return [f"{page.language}:{word.term}" for word in words(text, page.language)]

    return TfidfVectorizer(analyzer=terms, sublinear_tf=True).fit_transform(found)


def _means(found: Sequence[Page]) -> Matrix:
    import numpy

    with connection.cursor() as cursor:
        cursor.execute(
            "select page_id, avg(embedding::vector)::text from search_passagevector "
            "where model_id = (select id from search_embeddingmodel where fingerprint = %s) group by page_id",
            (index_embedder().fingerprint,),
        )
        vectors = {page: numpy.fromstring(text[1:-1], sep=",") for page, text in cursor.fetchall()}
    nothing = numpy.zeros_like(next(iter(vectors.values())))
    matrix = numpy.stack([vectors.get(page.id, nothing) for page in found])
    return matrix / numpy.maximum(numpy.linalg.norm(matrix, axis=1, keepdims=True), 1e-9)


def _nearest(found: Sequence[Page], matrix: Any) -> Rankings:
    """By cosine; rows of `matrix` have length 1."""
    import numpy

    keys = numpy.array([page.key for page in found])
    languages = numpy.array([page.language for page in found])
    nearest = {}
    for place, page in enumerate(found):
        products = matrix[place] @ matrix.T
        scores = numpy.asarray(products.todense()).ravel() if hasattr(products, "todense") else products
        allowed = (languages == page.language) & (keys != page.key) & (scores > 0)
        best = numpy.argsort(-numpy.where(allowed, scores, -1.0), kind="stable")[:DEPTH]
        nearest[page.id] = [found[other].id for other in best if allowed[other]]
    return nearest


def _by_tags(found: Sequence[Page], tags: Mapping[int, Sequence[str]]) -> Rankings:
    nearest = {}
    for page in found:
        common = {
            other.id: len(set(tags[page.id]) & set(tags[other.id]))
            for other in found
            if other.language == page.language and other.key != page.key
        }
        nearest[page.id] = sorted(
            (other for other, count in common.items() if count), key=lambda other: (-common[other], other)
        )[:DEPTH]
    return nearest
