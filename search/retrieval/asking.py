"""A question's way: parse, embed, one statement, excerpts."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings

from search.conf import conf
from search.embedding import Embedder, Vectors, query_embedder, query_vector
from search.index.writer import as_literal
from search.reader import Reader
from search.retrieval import fragments
from search.retrieval.answer import NOTHING, Answer, Hit, HitPassage
from search.retrieval.question import Question, parse
from search.retrieval.statement import TimedOut, run, sql
from search.retrieval.urls import page_url, root_patterns
from search.sql_text import like_inside

logger = logging.getLogger(__name__)

NEVER = 2.0
"""A floor that no cosine reaches."""


def ask(
    question: str,
    *,
    reader: Reader,
    language: str,
    filters: Mapping[str, str] = {},
    only_language: str | None = None,
    offset: int = 0,
    limit: int = 10,
) -> Answer:
    """Answers a question for a reader from what that reader may see.

    `language` is the reader's: results are shown in it where such a translation is visible. `filters` names
    "kind", "language" or any facet; empty values do not filter. Never raises for what was typed.
    """
    asked = parse(question, language=language, languages=site_languages())
    if asked.is_empty or not (asked.words or asked.phrases):
        return Answer(question=asked.text, too_long=asked.too_long)
    embedder = query_embedder()
    vector = query_vector(asked.text, embedder)
    params = statement_params(
        asked,
        reader=reader,
        language=language,
        filters=filters,
        only_language=only_language or filters.get("language") or None,
        offset=max(0, min(offset, 10_000)),
        limit=max(1, min(limit, 100)),
        embedder=embedder,
        vector=vector,
    )
    try:
        found = run(sql("answer.sql"), params, timeout_ms=conf().statement_timeout_ms)
    except TimedOut:
        logger.error("A question took longer than %s ms in PostgreSQL", conf().statement_timeout_ms)
        return Answer(question=asked.text, too_long=asked.too_long, timed_out=True)
    return _answer(asked, found, lexical_only=vector is None)


def site_languages() -> list[str]:
    return [code for code, _ in settings.LANGUAGES]


def dense_weight(embedder: Embedder, asked_in: str, language: str) -> float:
    """Convex weight of the dense leg for texts in `language`."""
    speaks = embedder.languages
    fluent = "*" in speaks or {asked_in, language} <= speaks
    return conf().dense_weight if fluent else conf().dense_weight_foreign


def floor(embedder: Embedder, asked_in: str, language: str) -> float:
    """Cosine from which a passage counts as an answer although no word of the question occurs in it."""
    from search.embedding.models import describe

    fluent = "*" in embedder.languages or {asked_in, language} <= embedder.languages
    least = describe(embedder.name).floor
    return least if fluent and least else NEVER


def statement_params(
    asked: Question,
    *,
    reader: Reader,
    language: str,
    filters: Mapping[str, str],
    only_language: str | None,
    offset: int,
    limit: int,
    embedder: Embedder,
    vector: Vectors | None,
) -> dict[str, Any]:
    """The names that answer.sql reads."""
    figures = conf()
    languages = site_languages()
    parts = [
        (number, way, len(split), f"{word.language}:{stem}")
        for number, word in enumerate(asked.words)
        for way, split in enumerate(word.splits, start=1)
        for stem in split
    ]
    part_columns = list(zip(*parts, strict=True)) if parts else [()] * 4
    return {
        "authenticated": reader.authenticated,
        "superuser": reader.superuser,
        "groups": list(reader.group_ids),
        "roots": root_patterns(),
        "words": list(range(len(asked.words))),
        "word_languages": [word.language for word in asked.words],
        "word_stems": [word.stem for word in asked.words],
        "part_words": list(part_columns[0]),
        "part_ways": list(part_columns[1]),
        "part_sizes": list(part_columns[2]),
        "part_terms": list(part_columns[3]),
        "excluded_terms": list(asked.excluded),
        "phrases": [like_inside(phrase) for phrase in asked.phrases],
        "must": bool(asked.phrases or asked.excluded),
        "vector": None if vector is None else as_literal(vector),
        "fingerprint": embedder.fingerprint,
        "kind": filters.get("kind") or None,
        "facets": [
            f"{name}:{value}" for name, value in filters.items() if value and name not in ("kind", "language")
        ],
        "only_language": only_language,
        "language": language,
        "weight_languages": languages,
        "weight_values": [
            0.0 if vector is None else dense_weight(embedder, asked.language, code) for code in languages
        ],
        "floors": [floor(embedder, asked.language, code) for code in languages],
        "offset": offset,
        "limit": limit,
        "more": figures.more_passages,
        "k1": figures.bm25_k1,
        "b": figures.bm25_b,
        "weight_title": figures.weight_title,
        "weight_keywords": figures.weight_keywords,
        "weight_heading": figures.weight_heading,
        "factor_compound": figures.factor_compound,
        "factor_parts": figures.factor_parts,
        "page_share": figures.page_share,
        "candidates": figures.candidates,
        "result_floor": figures.result_floor,
        "lexical_floor": figures.lexical_floor,
    }


def _answer(asked: Question, found: dict[str, Any], *, lexical_only: bool) -> Answer:
    terms: dict[str, set[str]] = defaultdict(set)
    for term in found["terms"]:
        language, _, stem = term.partition(":")
        terms[language].add(stem)
    facets: dict[str, dict[str, int]] = {}
    for name, value, count in found["counts"]:
        facets.setdefault(name, {})[value] = count
    return Answer(
        question=asked.text,
        hits=tuple(_hit(asked, hit, terms[hit["language"]]) for hit in found["hits"]),
        total=found["total"],
        facets=facets,
        lexical_only=lexical_only,
        too_long=asked.too_long,
    )


def _hit(asked: Question, hit: dict[str, Any], terms: set[str]) -> Hit:
    passages = [
        HitPassage(
            anchor=passage["anchor"],
            heading_path=tuple(passage["heading_path"]),
            fragments=fragments.excerpt(passage["text"], hit["language"], terms),
        )
        for passage in hit["passages"]
    ]
    matched = _matched(asked, hit["words"])
    return Hit(
        page_id=hit["page_id"],
        translation_key=UUID(hit["translation_key"]),
        kind=hit["kind"],
        title=hit["title"],
        title_fragments=fragments.marked(hit["title"], hit["language"], terms),
        url=page_url(hit["url_path"]),
        language=hit["language"],
        passage=passages[0] if passages else NOTHING,
        more=tuple(passages[1:]),
        matched=matched,
        by_meaning=not matched,
        facets=facet_values(hit["facets"]),
        score=hit["score"],
    )


def _matched(asked: Question, numbers: Sequence[int]) -> tuple[str, ...]:
    """Found words as written, each once, in the order of the question."""
    found = sorted((asked.words[number] for number in numbers), key=lambda word: word.place)
    return tuple(dict.fromkeys(word.written for word in found))


def facet_values(facets: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """["task_area:a", "task_area:b"] -> {"task_area": ("a", "b")}"""
    found: dict[str, list[str]] = defaultdict(list)
    for facet in facets:
        name, _, value = facet.partition(":")
        found[name].append(value)
    return {name: tuple(values) for name, values in found.items()}
