"""A question's way: parse, embed, one statement, excerpts."""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings

from search import vocabulary
from search.analysis import Occurrences, stem, words
from search.bilingual import table
from search.conf import conf
from search.embedding import Embedder, Vectors, query_embedder, query_vector
from search.index.approximate import Approximate, index_of
from search.index.writer import as_literal
from search.reader import Reader
from search.retrieval import fragments
from search.retrieval.answer import NOTHING, Answer, Correction, Fragment, Hit, HitPassage
from search.retrieval.audience import Audience, with_audience
from search.retrieval.confidence import WORDS, judged
from search.retrieval.question import AskedWord, Question, parse
from search.retrieval.statement import TimedOut, run, sql
from search.retrieval.terms import Choice, Expansion, Proposals, Term, expand, gram_count, gram_weight
from search.retrieval.urls import page_url
from search.sql_text import like_inside

logger = logging.getLogger(__name__)

_QUOTES = re.compile('["„“”«»]')
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
    translations = table()
    asked = parse(question, language=language, languages=site_languages(), table=translations)
    if asked.is_empty or not (asked.words or asked.phrases):
        return Answer(question=asked.text, too_long=asked.too_long)
    embedder = query_embedder()
    vector = query_vector(asked.text, embedder)
    expansion = expand(asked, translations, vocabulary.current())
    params = statement_params(
        asked,
        expansion,
        language=language,
        filters=filters,
        only_language=only_language or filters.get("language") or None,
        offset=max(0, min(offset, 10_000)),
        limit=max(1, min(limit, 100)),
        embedder=embedder,
        vector=vector,
    )
    index = None if vector is None else index_of(embedder.fingerprint)
    params |= approximate_params(index)
    patience = conf().statement_timeout_ms

    def found_for(audience: Audience) -> Any:
        found = run(
            statement(index),
            params | audience.params(expansion.all_terms()),
            timeout_ms=patience,
            settings={} if index is None else scan_settings(),
        )
        if found is not None:
            audience.note(found["counted"])
        return found

    try:
        found = with_audience(reader, found_for, timeout_ms=patience)
    except TimedOut:
        logger.error("A question took longer than %s ms in PostgreSQL", conf().statement_timeout_ms)
        return Answer(question=asked.text, too_long=asked.too_long, timed_out=True)
    if asked.phrases and not found["hits"] and not filters and not only_language and not offset:
        # Somebody quoted what a member said, or remembers a sentence not quite right: better than nothing.
        plain = ask(_QUOTES.sub(" ", question), reader=reader, language=language, limit=limit)
        return replace(plain, without_quotes=bool(plain.hits))
    return _answer(asked, found, embedder=None if vector is None else embedder)


def statement(index: Approximate | None = None) -> str:
    """The question's statement: every visible passage compared, or candidates from the HNSW index."""
    dense = "dense_exact.sql" if index is None else "dense_approximate.sql"
    return for_index(sql("answer.sql", dense=dense, fuse=f"fuse_{conf().fusion}.sql"), index)


def for_index(text: str, index: Approximate | None) -> str:
    """Model and dimensions as constants: a prepared statement could not use the index of one model else."""
    if index is None:
        return text
    text = text.replace("%(vector_model)s", str(index.model_id))
    return text.replace("%(vector_dimensions)s", str(index.dimensions))


def approximate_params(index: Approximate | None) -> dict[str, Any]:
    """The names that dense_approximate.sql reads beside the others."""
    if index is None:
        return {}
    figures = conf()
    return {
        "few_passages": max(figures.exact_up_to, int(figures.few_share * index.vectors)),
        "nearest": figures.nearest,
        "made_good_up_to": figures.made_good_up_to,
    }


def scan_settings() -> dict[str, str | int]:
    """pgvector's settings of an iterative scan. Its order is relaxed: what it names is compared again anyway."""
    return {
        "hnsw.iterative_scan": "relaxed_order",
        "hnsw.ef_search": conf().hnsw_ef_search,
        "hnsw.max_scan_tuples": conf().hnsw_max_scan_tuples,
    }


def site_languages() -> list[str]:
    return [code for code, _ in settings.LANGUAGES]


def dense_weight(embedder: Embedder, asked_in: str, language: str) -> float:
    """Convex weight of the dense leg for texts in `language`."""
    figures = conf()
    if figures.dense_weight == figures.dense_weight_foreign:
        return figures.dense_weight
    if is_fluent(embedder, asked_in, language):
        return figures.dense_weight
    return figures.dense_weight_foreign if asked_in == language else 0.0


def passage_dense_weight(embedder: Embedder, asked_in: str, language: str) -> float:
    """The same when the passages of one page are compared."""
    if conf().dense_weight in (0.0, 1.0):
        return conf().dense_weight
    fluent = is_fluent(embedder, asked_in, language)
    return conf().passage_dense_weight if fluent else conf().passage_dense_weight_foreign


def is_fluent(embedder: Embedder, asked_in: str, language: str) -> bool:
    """Whether the model reads both languages."""
    return "*" in embedder.languages or {asked_in, language} <= embedder.languages


def floor(embedder: Embedder, asked_in: str, language: str) -> float:
    """Cosine from which a passage counts as an answer although no word of the question occurs in it."""
    return embedder.floor if embedder.floor and is_fluent(embedder, asked_in, language) else NEVER


def statement_params(
    asked: Question,
    expansion: Expansion,
    *,
    language: str,
    filters: Mapping[str, str],
    only_language: str | None,
    offset: int,
    limit: int,
    embedder: Embedder,
    vector: Vectors | None,
) -> dict[str, Any]:
    """The names that answer.sql reads, but for those of the audience."""
    figures = conf()
    languages = site_languages()
    everything = 2**31 - 1
    facets = [
        f"{name}:{value}" for name, value in filters.items() if value and name not in ("kind", "language")
    ]
    return {
        "words": list(range(len(asked.words))),
        "word_places": [word.place for word in asked.words],
        "word_languages": [word.language for word in asked.words],
        "word_weights": [word.weight for word in asked.words],
        "word_grams": [gram_count(word) for word in asked.words],
        **_given(expansion.terms),
        **_proposed(expansion.proposals),
        **_slips(asked, expansion.choices),
        "excluded_terms": list(asked.excluded),
        "phrases": [like_inside(phrase) for phrase in asked.phrases],
        "phrase_places": list(asked.phrase_places),
        "must": bool(asked.phrases or asked.excluded),
        "vector": None if vector is None else as_literal(vector),
        "fingerprint": embedder.fingerprint,
        "kind": filters.get("kind") or None,
        "facets": facets,
        "only_language": only_language,
        "filtered": bool(facets or only_language or filters.get("kind")),
        "language": language,
        "weight_languages": languages,
        "dense_weights": [
            0.0 if vector is None else dense_weight(embedder, asked.language, code) for code in languages
        ],
        "passage_dense_weights": [
            0.0 if vector is None else passage_dense_weight(embedder, asked.language, code)
            for code in languages
        ],
        "first_passage": figures.first_passage,
        "broad_passage": figures.broad_passage,
        "gram_weights": [gram_weight(asked.language, code) for code in languages],
        "floors": [floor(embedder, asked.language, code) for code in languages],
        "offset": offset,
        "limit": limit,
        "more": figures.more_passages,
        "k1": figures.bm25_k1,
        "b": figures.bm25_b,
        "weight_title": figures.weight_title,
        "weight_keywords": figures.weight_keywords,
        "weight_heading": figures.weight_heading,
        "page_share": figures.page_share,
        "first_meaning": figures.first_meaning,
        "compound_words": figures.compound_words,
        "gram_words": figures.gram_words,
        "candidates": figures.candidates,
        "postings": everything if asked.phrases or asked.excluded else figures.postings,
        "common": everything if asked.phrases or asked.excluded else figures.common_pages,
        "result_floor": figures.result_floor,
        "lexical_floor": figures.lexical_floor,
        "own_language": figures.own_language,
        "known_floor": figures.known_floor,
        "gram_floor": figures.gram_floor,
        "reason_floor": figures.reason_floor,
        "rrf_k": figures.rrf_k,
    }


def _given(terms: Sequence[Term]) -> dict[str, Any]:
    return {
        "word": [term.word for term in terms],
        "way": [term.way for term in terms],
        "size": [term.size for term in terms],
        "term": [term.term for term in terms],
        "factor": [term.factor for term in terms],
        "choice": [term.choice for term in terms],
    }


def _proposed(lists: Sequence[Proposals]) -> dict[str, Any]:
    """Each column of a list in one string: of an array PostgreSQL reads all that stands before a part of it."""
    return {
        "list_leg": [one.leg for one in lists],
        "list_word": [one.word for one in lists],
        "list_forms": [" ".join(one.forms) for one in lists],
        "list_terms": [" ".join(one.terms) for one in lists],
        "list_factors": [_spaced(one.factors) for one in lists],
        "list_needs": [" ".join(term or "" for term in one.needs) for one in lists],
    }


def _spaced(numbers: Sequence[float]) -> str:
    """Numbers as PostgreSQL reads them; a few different ones stand there hundreds of times."""
    written = {number: str(number) for number in set(numbers)}
    return " ".join(map(written.__getitem__, numbers))


def _slips(asked: Question, choices: Mapping[int, Sequence[Choice]]) -> dict[str, Any]:
    capital = {word.place: word.written[:1].isupper() for word in asked.words}
    rows = [
        (place, number, choice, part, form)
        for place, found in choices.items()
        for number, choice in enumerate(found, start=1)
        for part, form in enumerate(choice.near.forms, start=1)
    ]
    return {
        "slip_places": [place for place, *_ in rows],
        "slip_choices": [number for _, number, *_ in rows],
        "slip_tiers": [choice.tier for _, _, choice, _, _ in rows],
        "slip_sizes": [len(choice.near.forms) for _, _, choice, _, _ in rows],
        "slip_parts": [part for *_, part, _ in rows],
        "slip_capitals": [capital[place] for place, *_ in rows],
        "slip_forms": [form.word for *_, form in rows],
        "slip_terms": [f"{choice.near.language}:{form.stem}" for _, _, choice, _, form in rows],
    }


def _answer(asked: Question, found: dict[str, Any], *, embedder: Embedder | None) -> Answer:
    terms: dict[str, set[str]] = defaultdict(set)
    for term in found["terms"]:
        language, _, bare = term.partition(":")
        terms[language].add(bare)
    marking = {
        language: Occurrences(language, terms[language])
        for language in {hit["language"] for hit in found["hits"]}
    }
    facets: dict[str, dict[str, int]] = {}
    for name, value, count in found["counts"]:
        facets.setdefault(name, {})[value] = count
    evidence = {name: float(value) for name, value in found["evidence"].items() if value is not None}
    # What the model has not read yet it cannot doubt either.
    unread = bool(evidence.pop("unread", 0))
    model = embedder.name if embedder and not unread else WORDS
    confidence, answered = judged(evidence, model=model, language=asked.language)
    meant: dict[int, str] = {}
    for place, _, form, written in found["meant"]:
        # Of a compound that no text has as a whole the second part goes on in small letters.
        meant[place] = meant[place] + form if place in meant else written
    return Answer(
        question=asked.text,
        hits=tuple(_hit(asked, hit, marking[hit["language"]]) for hit in found["hits"]),
        total=found["total"],
        facets=facets,
        lexical_only=embedder is None,
        model=embedder.fingerprint if embedder else "",
        too_long=asked.too_long,
        corrections=_corrections(asked, meant),
        suggestion=_suggestion(asked, meant),
        evidence=evidence,
        confidence=confidence,
        answered=answered,
    )


def _corrections(asked: Question, meant: Mapping[int, str]) -> tuple[Correction, ...]:
    typed = {word.place: word.written for word in asked.words}
    return tuple(Correction(typed[place], meant[place]) for place in sorted(meant))


def _suggestion(asked: Question, meant: Mapping[int, str]) -> str | None:
    if not meant:
        return None
    text = asked.wanted
    typed = {word.place: word.written for word in asked.words}
    for place in sorted(meant, reverse=True):
        text = text[:place] + meant[place] + text[place + len(typed[place]) :]
    return text


def _hit(asked: Question, hit: dict[str, Any], marking: Occurrences) -> Hit:
    passages = [
        HitPassage(
            anchor=passage["anchor"],
            heading_path=tuple(passage["heading_path"]),
            fragments=fragments.excerpt(passage["text"], marking),
        )
        for passage in hit["passages"]
    ]
    title_fragments = fragments.marked(hit["title"], marking)
    shown = _shown(hit["language"], title_fragments, *(passage.fragments for passage in passages))
    reasons = [Reason(*reason) for reason in hit["reasons"]]
    matched = _matched(asked, reasons)
    matched_as = _matched_as(asked, matched, reasons, shown)
    return Hit(
        page_id=hit["page_id"],
        translation_key=UUID(hit["translation_key"]),
        kind=hit["kind"],
        title=hit["title"],
        title_fragments=title_fragments,
        url=page_url(hit["url_path"]),
        language=hit["language"],
        passage=passages[0] if passages else NOTHING,
        more=tuple(passages[1:]),
        found_language=hit["found_language"],
        matched=matched,
        matched_as=matched_as,
        by_meaning=not matched and not matched_as,
        facets=facet_values(hit["facets"]),
        score=hit["score"],
    )


class Reason(NamedTuple):
    """What stood for a word of the question on the page that was found."""

    word: int
    """place in Question.words"""
    term: str
    forms: list[str]
    """its folded words there"""
    written: list[str]
    """the same as the page writes them"""


def _matched(asked: Question, reasons: Sequence[Reason]) -> tuple[str, ...]:
    """Words that were found themselves, as written, each once, in the order of the question."""
    found = [asked.words[reason.word] for reason in reasons if _is_itself(asked.words[reason.word], reason)]
    return tuple(dict.fromkeys(word.written for word in sorted(found, key=lambda word: word.place)))


def _matched_as(
    asked: Question, matched: Sequence[str], reasons: Sequence[Reason], shown: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    """(word as asked, word that stood for it) of the words that were not found themselves. The other word as the
    result writes it (`shown`), or in the page's shortest form where what is shown of the result lacks it."""
    pairs: dict[tuple[str, str], int] = {}
    for reason in reasons:
        word = asked.words[reason.word]
        if word.written not in matched:
            shortest = min(reason.written, key=len, default=reason.term.partition(":")[2])
            pairs[word.written, shown.get(reason.term, shortest)] = word.place
    return tuple(sorted(pairs, key=lambda pair: (pairs[pair], pair)))


def _shown(language: str, *texts: Sequence[Fragment]) -> dict[str, str]:
    """Term -> the first marked word that it stands for in these texts, as written there."""
    found: dict[str, str] = {}
    for fragment in chain.from_iterable(texts):
        if fragment.marked:
            for word in words(fragment.text, language):
                found.setdefault(f"{language}:{word.term}", fragment.text[word.start : word.end])
    return found


def _is_itself(word: AskedWord, reason: Reason) -> bool:
    """Whether it is the word itself; in the other language only where the page writes it the same ("Workshop")."""
    term = reason.term.partition(":")[2]
    if word.own:
        return term == word.alternatives[0][0]
    return term == stem(word.language, word.folded) and word.folded in reason.forms


def facet_values(facets: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """["task_area:a", "task_area:b"] -> {"task_area": ("a", "b")}"""
    found: dict[str, list[str]] = defaultdict(list)
    for facet in facets:
        name, _, value = facet.partition(":")
        found[name].append(value)
    return {name: tuple(values) for name, values in found.items()}
