"""The comparison: the answer on the site with hidden pages, and on the same site without them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import zip_longest

from django.db import connection, transaction

from search import bilingual
from search.index import services
from search.related import compute
from tests.property.reading import Shown, figures, read
from tests.property.worlds import READERS, WorldSpec, build, forbidden, remove, shut

INDEX = ("search_indexedpage", "search_passage", "search_passagevector", "search_posting", "search_relation")
VOCABULARY = "search_lexeme"


@dataclass
class Result:
    cases: Counter[str] = field(default_factory=Counter)
    """compared, by surface"""
    traces: list[str] = field(default_factory=list)


def check(spec: WorldSpec) -> Result:
    """Builds a world, reads it as every reader from whom something is hidden, and compares. Leaves nothing behind.

    Compared is the world from which the hidden pages were deleted and which was indexed anew. Readers from whom the
    same pages are hidden share it.
    """
    result = Result()
    with undone(), figures(spec):
        world, close = build(spec)
        if spec.when == "before":
            shut(close)
        settle(spec)
        if spec.when != "before":
            shut(close)
        if spec.when == "after":
            settle(spec)
        hidden = {name: forbidden(world, getattr(world.users, name)) for name in READERS}
        shown = {}
        for name in filter(hidden.get, READERS):
            with undone():
                shown[name] = read(world, spec, getattr(world.users, name), hidden[name])
        for pages in filter(None, dict.fromkeys(hidden.values())):
            readers = [name for name in READERS if hidden[name] == pages]
            with undone():
                remove(pages)
                wipe(INDEX + ((VOCABULARY,) if spec.never_there else ()))
                settle(spec)
                for name in readers:
                    with undone():
                        without = read(world, spec, getattr(world.users, name), pages)
                    compare(result, spec, name, shown[name], without)
    return result


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def wipe(tables: Iterable[str]) -> None:
    """The index as if nothing had ever been in it."""
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"delete from {table}")


def settle(spec: WorldSpec) -> None:
    """What a worker does until nothing is left to do."""
    services.index_due()
    compute.relate_all()
    if spec.when != "unswept":
        bilingual.services.mine()
    if spec.approximate:
        with connection.cursor() as cursor:
            cursor.execute("select id, dimensions from search_embeddingmodel")
            for model, dimensions in cursor.fetchall():
                # In a transaction it cannot be built CONCURRENTLY, as the sweep does.
                cursor.execute(
                    f"create index if not exists search_passagevector_hnsw_{model} on search_passagevector "
                    f"using hnsw ((embedding::halfvec({dimensions})) halfvec_cosine_ops) where model_id = {model}"
                )


def compare(result: Result, spec: WorldSpec, name: str, shown: Shown, without: Shown) -> None:
    assert shown.keys() == without.keys(), (name, shown.keys() ^ without.keys())
    for case, text in shown.items():
        if spec.when == "unswept" and case[0] == "related":
            continue  # nobody hidden is shown at once (below); figures that counted them wait for the sweep
        result.cases[case[0]] += 1
        if text != without[case]:
            result.traces.append(f"{name}, {' | '.join(case)}\n    {difference(text, without[case])}")


def difference(one: str, other: str) -> str:
    """Where two texts part."""
    place = next((at for at, (left, right) in enumerate(zip_longest(one, other)) if left != right), len(one))
    start = max(0, place - 60)
    return f"with:    …{one[start : place + 120]}\n    without: …{other[start : place + 120]}"
