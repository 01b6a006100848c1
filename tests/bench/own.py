"""What no peer has: related pages, the whole way into the index beside the bare model, all processes of the site.

./lotse bench own        the running site; its content in a copy of its database
"""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

from tests.bench.figures import percentiles

BATCH = 32
"""passages given to the bare model at a time, as the index gives them to it at most"""


def measure(var: Path) -> dict[str, object]:
    """`var` is the running site's folder; without a running site its memory is None."""
    from search.index.models import Passage
    from tests.bench.retrieval import copied

    found: dict[str, object] = {"memory_mb": _memory(var)}
    with copied():
        return found | {"passages": Passage.objects.count()} | _related() | _indexing()


def _related() -> dict[str, object]:
    """A visitor's related pages of each page that has some; each read once before."""
    from wagtail.models import Page

    from search.index.models import IndexedPage
    from search.reader import ANONYMOUS
    from search.related.read import related_to

    pages = [page.specific for page in Page.objects.filter(pk__in=IndexedPage.objects.values("page_id"))]
    pages = [page for page in pages if related_to(page, reader=ANONYMOUS, language=page.locale.language_code)]
    took = []
    for page in pages:
        began = time.perf_counter()
        related_to(page, reader=ANONYMOUS, language=page.locale.language_code)
        took.append(time.perf_counter() - began)
    return {"related": percentiles(took) if took else None}


def _indexing() -> dict[str, object]:
    """Passages a second of the whole way of new pages (read, split, analysed, written, embedded), and of the model on the
    same texts."""
    from search.embedding import index_embedder
    from search.index import services
    from search.index.models import IndexedPage, PassageVector

    embedder = index_embedder()
    embedder.warm()
    embed, texts = embedder.embed_passages, []

    def noted(batch: Sequence[str]) -> Any:
        texts.extend(batch)
        return embed(batch)

    IndexedPage.objects.all().delete()  # as a new site begins: words first, then vectors
    with patch.object(embedder, "embed_passages", noted):
        began = time.perf_counter()
        services.index_due()
        whole = PassageVector.objects.count() / (time.perf_counter() - began)
    began = time.perf_counter()
    for start in range(0, len(texts), BATCH):
        embed(texts[start : start + BATCH])
    bare = len(texts) / (time.perf_counter() - began)
    return {
        "indexing_per_second": round(whole, 1),
        "model_per_second": round(bare, 1),
        "indexing_share": round(whole / bare, 3),
    }


def _memory(var: Path) -> float | None:
    from tests.bench import memory

    if not (var / "run" / "processes.json").exists():
        return None
    found = memory.sizes(var)
    # PostgreSQL outlives `./lotse stop` where another command began it: alone it is no site.
    return sum(found.values()) if "web" in found else None
