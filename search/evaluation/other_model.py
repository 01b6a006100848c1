"""Another model's vectors beside the site's own, so that it can be measured before anybody switches to it.

Vectors name their model and those of two models are never compared, so that readers notice nothing of these.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.db import connection

from search.conf import conf
from search.embedding import EmbedderUnavailable, query_embedder
from search.evaluation.asking import NoModel
from search.index.models import Passage
from search.index.writer import as_literal, model_row


def embed_missing(*, progress: Callable[[str], None] = lambda text: None) -> int:
    """Embeds the passages that have no vector of the model in force yet, and returns how many. Raises NoModel.

    What was interrupted is gone on with. Texts that change later are not followed: run it again.
    """
    embedder = query_embedder()
    try:
        embedder.warm()
        model = model_row(embedder)
        missing = list(
            Passage.objects.exclude(vectors__model=model)
            .select_related("page")
            .only("heading_path", "text", "page_id", "page__title")
            .order_by("pk")
        )
        size = conf().embedding_batch
        for begin in range(0, len(missing), size):
            batch = missing[begin : begin + size]
            vectors = embedder.embed_passages([_embedded_text(passage) for passage in batch])
            _write(
                [
                    (passage.pk, passage.page_id, model.pk, as_literal(vector))
                    for passage, vector in zip(batch, vectors, strict=True)
                ]
            )
            progress(f"{embedder.name}: passage {begin + len(batch)} of {len(missing)}")
    except EmbedderUnavailable as error:
        raise NoModel(str(error)) from error
    return len(missing)


def _embedded_text(passage: Passage) -> str:
    """As search.index.content.PageContent.embedded_text, from the rows."""
    above = " › ".join((passage.page.title, *passage.heading_path))
    return f"{above}\n{passage.text}"


def _write(rows: Sequence[tuple[int, int, int, str]]) -> None:
    """A passage that was deleted meanwhile is passed over."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into search_passagevector (passage_id, page_id, model_id, embedding) "
            "select p.id, p.page_id, %s, %s::halfvec from search_passage p where p.id = %s and p.page_id = %s "
            "on conflict (model_id, passage_id) do nothing",
            [(model, vector, passage, page) for passage, page, model, vector in rows],
        )
