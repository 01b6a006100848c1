"""Another model's vectors beside the site's own, so that it can be measured before anybody switches to it.

Vectors name their model and those of two models are never compared, so that readers notice nothing of these.
"""

from __future__ import annotations

from collections.abc import Callable

from search.conf import conf
from search.embedding import EmbedderUnavailable, query_embedder
from search.evaluation.asking import NoModel
from search.index import beside
from search.index.writer import model_row


def embed_missing(*, progress: Callable[[str], None] = lambda text: None) -> int:
    """Embeds the passages that have no vector yet of the model that questions are asked with, and returns how many.
    Raises NoModel.

    What was interrupted is gone on with. Texts that change later are not followed: run it again.
    """
    embedder = query_embedder()
    done = 0
    try:
        embedder.warm()
        model = model_row(embedder)
        missing = beside.left(model.pk).missing
        while more := beside.embed(model.pk, embedder, passages=conf().embedding_batch):
            done += more
            progress(f"{embedder.name}: passage {done} of {max(done, missing)}")
    except EmbedderUnavailable as error:
        raise NoModel(str(error)) from error
    return done
