"""What computing relations takes at a number of passages: for the whole index, and for one page that is new.

`python -m tests.bench.relating --passages 10000`, with the settings and the database of a site or of a collection that
`./lotse evaluate related` has loaded. Pages are copied until there are as many passages, and everything is rolled back.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

COPIES = """
create temporary table copies on commit drop as
select page_id as source, %(first)s + row_number() over (order by page_id) as page_id
from (
    select page_id, sum(passage_count) over (order by page_id) - passage_count as before
    from search_indexedpage where passage_count > 0
) pages
where before < %(missing)s;
insert into wagtailcore_page
select (jsonb_populate_record(p, jsonb_build_object(
    'id', c.page_id, 'path', p.path || lpad(c.page_id::text, 8, '0'), 'translation_key', gen_random_uuid()))).*
from copies c join wagtailcore_page p on p.id = c.source;
insert into search_indexedpage
select (jsonb_populate_record(i, jsonb_build_object(
    'page_id', c.page_id, 'translation_key', gen_random_uuid(), 'related_at', null))).*
from copies c join search_indexedpage i on i.page_id = c.source;
create temporary table passages on commit drop as
select s.id as source, nextval(pg_get_serial_sequence('search_passage', 'id')) as id, c.page_id
from copies c join search_passage s on s.page_id = c.source;
insert into search_passage
select (jsonb_populate_record(s, jsonb_build_object('id', n.id, 'page_id', n.page_id))).*
from passages n join search_passage s on s.id = n.source;
insert into search_passagevector (passage_id, page_id, model_id, embedding)
select n.id, n.page_id, v.model_id, v.embedding
from passages n join search_passagevector v on v.passage_id = n.source;
insert into search_posting
select (jsonb_populate_record(t, jsonb_build_object(
    'id', nextval(pg_get_serial_sequence('search_posting', 'id')), 'page_id', c.page_id))).*
from copies c join search_posting t on t.page_id = c.source;
"""


def measure(passages: int) -> dict[str, object]:
    from django.db import connection, transaction

    from search.index.models import IndexedPage, Passage
    from search.related import compute
    from search.related.models import Relation

    with transaction.atomic(), connection.cursor() as cursor:
        while (missing := passages - Passage.objects.count()) > 0:
            first = IndexedPage.objects.order_by("-page_id").values_list("page_id", flat=True)[0] + 1_000_000
            cursor.execute(COPIES, {"first": first, "missing": missing})
            cursor.execute("drop table copies, passages")
        cursor.execute("analyze search_posting")
        every = _timed(compute.relate_all)
        newest = IndexedPage.objects.filter(passage_count__gt=0).order_by("-page_id")[0].pk
        one = _timed(lambda: compute.relate_pages([newest]))
        found: dict[str, object] = {
            "pages": IndexedPage.objects.filter(passage_count__gt=0).count(),
            "passages": Passage.objects.count(),
            "relations": Relation.objects.count(),
            "all pages": every,
            "one page": one,
        }
        transaction.set_rollback(True)
    return found


def _timed(step: Callable[[], int]) -> dict[str, float]:
    """Seconds on the clock, and of this process' processor time: a busy machine lengthens the first only."""
    wall, processor = time.perf_counter(), time.process_time()
    step()
    return {
        "seconds": round(time.perf_counter() - wall, 1),
        "processor seconds": round(time.process_time() - processor, 1),
    }


def main() -> None:
    import django

    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.relating", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--passages", type=int, default=10_000)
    wanted = parser.parse_args()
    django.setup()
    for name, value in measure(wanted.passages).items():
        print(f"{name:12}{value}")


if __name__ == "__main__":
    main()
