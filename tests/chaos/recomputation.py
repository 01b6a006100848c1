"""Is the index what the content says? Computed here a second time, from the pages and the tables' own description.

Nothing of search.index is asked but the cutting of long passages: counts, lengths, hashes, vectors and what may be
there at all are worked out anew, so that a mistake in the writer or in `index verify` cannot hide itself.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any


def differences() -> list[str]:
    """Everything that is other than it should be, in words; empty when all is well. Reads one snapshot."""
    from django.db import connection, transaction

    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("set transaction isolation level repeatable read, read only")
        return list(_differences())


def _differences() -> Iterator[str]:
    from wagtail.models import Page

    types = _searchable()
    wanted = {
        page.pk: page.specific
        for page in Page.objects.filter(live=True, alias_of=None).order_by("pk")
        if page.specific_class in types
    }
    stored = {row["page_id"]: row for row in _rows("select * from search_indexedpage")}
    written = {page_id for page_id, row in stored.items() if row["pipeline"]}
    for page_id in sorted(wanted.keys() - written):
        yield f"missing: page {page_id} ({wanted[page_id].slug}) is not in the index"
    for page_id in sorted(stored.keys() - wanted.keys()):
        yield f"surplus: page {page_id} is in the index"
    passages, postings, vectors = _by_page("search_passage"), _by_page("search_posting"), _vectors()
    relations = _rows("select page_id, other_id, passage_id, other_passage_id from search_relation")
    for page_id in sorted(wanted.keys() & written):
        for what in _page(
            wanted[page_id], stored[page_id], passages[page_id], postings[page_id], vectors[page_id]
        ):
            yield f"page {page_id} ({wanted[page_id].slug}): {what}"
    yield from _orphans(stored.keys(), passages, relations)
    yield from _lexemes(wanted.values())


def _page(page: Any, row: dict, passages: list[dict], postings: list[dict], vectors: dict) -> Iterator[str]:
    from django.utils import translation

    from search.analysis import words
    from search.analysis.normalise import clean
    from search.embedding import query_embedder
    from search.index.splitting import fitted

    language = page.locale.language_code
    with translation.override(language):
        texts = list(fitted(page.passages())) if page.search_kind else []
        facets = sorted(
            {f"{name}:{value}" for name, values in page.search_facets().items() for value in values}
        )
        keywords = clean(page.search_keywords())
    title = " ".join(clean(page.title).split())
    head = (title, language, page.search_kind, facets, str(page.translation_key))
    kept = (row["title"], row["language"], row["kind"], sorted(row["facets"]), str(row["translation_key"]))
    if head != kept:
        yield f"stale head: {kept} instead of {head}"

    passages = sorted(passages, key=lambda passage: passage["ordinal"])
    if [one["ordinal"] for one in passages] != list(range(len(passages))):
        yield "passages are not numbered from 0"
    have = [(one["anchor"], tuple(one["heading_path"]), one["text"]) for one in passages]
    want = [(one.anchor, tuple(one.heading_path), one.text) for one in texts]
    if have != want:
        yield f"stale passages: {len(have)} instead of {len(want)}, first {have[:1]} instead of {want[:1]}"
        return

    # Lengths, postings: counted from the words.
    counted: dict[str, dict[str, Counter]] = defaultdict(lambda: defaultdict(Counter))
    forms: dict[str, set[str]] = defaultdict(set)
    lengths = []
    for ordinal, text in enumerate(texts):
        body = list(words(text.text, language))
        lengths.append(sum(1 for word in body if not word.part))
        fields = {"body": body, "headings": words("\n".join(text.heading_path), language)}
        if ordinal == 0:
            fields |= {"title": words(title, language), "keywords": words(keywords, language)}
        for name, found in fields.items():
            for word in found:
                counted[f"{language}:{word.term}"][name][ordinal] += 1
                forms[f"{language}:{word.term}"].add(word.folded)
    if [one["length"] for one in passages] != lengths or list(row["lengths"]) != lengths:
        yield "wrong lengths of passages"
    if row["length"] != sum(lengths) or row["passage_count"] != len(texts):
        yield "wrong length or number of passages"
    want_postings = sorted(
        (
            term,
            *(sum(fields[name].values()) for name in ("title", "keywords", "headings", "body")),
            tuple(
                ordinal << 16 | min(fields["headings"][ordinal], 255) << 8 | min(fields["body"][ordinal], 255)
                for ordinal in sorted(set().union(*fields.values()))
            ),
            tuple(sorted(forms[term])),
        )
        for term, fields in counted.items()
    )
    have_postings = sorted(
        (
            *(one[name] for name in ("term", "title", "keywords", "headings", "body")),
            *map(tuple, (one["places"], one["forms"])),
        )
        for one in postings
    )
    if have_postings != want_postings:
        differ = sorted(set(have_postings) ^ set(want_postings))[:2] or "some are there twice"
        yield f"wrong postings: {len(have_postings)} instead of {len(want_postings)}, {differ}"

    # Vectors: the hashing model gives the same numbers again.
    embedder = query_embedder()
    full = ["\n".join((" › ".join((title, *text.heading_path)), text.text)) for text in texts]
    hashes = [hashlib.blake2b(text.encode(), digest_size=16).hexdigest() for text in full]
    if [one["text_hash"] for one in passages] != hashes:
        yield "text hashes of something else"
    computed = embedder.embed_passages(full) if full else []
    for passage, vector in zip(passages, computed, strict=True):
        kept_vector = vectors.get((passage["id"], embedder.fingerprint))
        if kept_vector is None:
            yield f"passage {passage['id']} has no vector"
        elif (
            len(kept_vector) != len(vector)
            or max(abs(a - b) for a, b in zip(kept_vector, vector.tolist(), strict=True)) > 0.002
        ):
            yield f"passage {passage['id']} has a vector of another text"
    known = {passage["id"] for passage in passages}
    if surplus := {passage_id for passage_id, _ in vectors} - known:
        yield f"vectors of passages that are not the page's: {sorted(surplus)[:3]}"


def _orphans(pages: Any, passages: dict[int, list[dict]], relations: list[dict]) -> Iterator[str]:
    tables = ("search_passage", "search_posting", "search_passagevector", "search_relation")
    for table in tables:
        for row in _rows(f"select distinct page_id from {table}"):
            if row["page_id"] not in pages:
                yield f"orphaned: rows of page {row['page_id']} in {table}"
    owner = {one["id"]: page_id for page_id, found in passages.items() for one in found}
    related = {row["page_id"] for row in relations}
    for row in relations:
        if row["other_id"] not in pages:
            yield f"orphaned: relation of page {row['page_id']} to page {row['other_id']}, which is not indexed"
        for key, page_key in (("passage_id", "page_id"), ("other_passage_id", "other_id")):
            if row[key] is not None and owner.get(row[key]) != row[page_key]:
                yield f"relation {row['page_id']} → {row['other_id']} shows a passage of another page"
    if len(pages) > 5 and not related:
        yield "no page is related to any"


def _lexemes(pages: Any) -> Iterator[str]:
    from django.utils import translation

    from search.analysis import words
    from search.analysis.normalise import clean

    known = {(row["language"], row["word"]) for row in _rows("select language, word from search_lexeme")}
    for page in pages:
        language = page.locale.language_code
        with translation.override(language):
            texts = [clean(page.title), *(clean(passage.text) for passage in page.passages())]
        missing = {
            word.folded
            for text in texts
            for word in words(text, language)
            if len(word.folded) <= 100 and (language, word.folded) not in known
        }
        if missing and page.search_kind:
            yield f"page {page.pk}: words that the vocabulary lacks: {sorted(missing)[:4]}"


def _searchable() -> set[type]:
    from wagtail.models import get_page_models

    return {
        model
        for model in get_page_models()
        if getattr(model, "search_kind", "") and hasattr(model, "passages")
    }


def _by_page(table: str) -> dict[int, list[dict]]:
    found: dict[int, list[dict]] = defaultdict(list)
    for row in _rows(f"select * from {table}"):
        found[row["page_id"]].append(row)
    return found


def _vectors() -> dict[int, dict[tuple[int, str], list[float]]]:
    found: dict[int, dict[tuple[int, str], list[float]]] = defaultdict(dict)
    sql = """select v.page_id, v.passage_id, m.fingerprint, v.embedding::text as embedding
        from search_passagevector v join search_embeddingmodel m on m.id = v.model_id"""
    for row in _rows(sql):
        numbers = [float(number) for number in row["embedding"][1:-1].split(",")]
        found[row["page_id"]][row["passage_id"], row["fingerprint"]] = numbers
    return found


def _rows(sql: str) -> list[dict]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
