"""Outside methods on the same texts: what a site would have without search/, and what the field compares with.

BM25 is bm25s (Lù 2024, arXiv 2407.03618) with its stop words and Snowball stems in the text's language, over whole
pages and over passages (a page counts as its best one). Wagtail is its own PostgreSQL search as the site has it set
up. Both see the pages that the asker may see.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from wagtail.models import Page

from search.evaluation.asking import DEPTH, Found, Outcome
from search.evaluation.questions import Question
from search.evaluation.readers import member, reader_of
from search.index import content
from search.index.content import PageContent, searchable_content_types
from search.index.models import IndexedPage
from search.reader import Reader
from search.visibility import visible_to

SNOWBALL = {"de": "german", "en": "english", "fr": "french", "es": "spanish", "it": "italian", "nl": "dutch"}
CANDIDATES = 1_000
"""Passages taken before they are folded into pages: enough for 50 pages of long ones."""


class Unavailable(RuntimeError):
    """A baseline that cannot be measured here; the text says what to do."""


@dataclass(frozen=True)
class Text:
    """A page, or a passage of one, in one language."""

    key: str
    language: str
    text: str


class Texts:
    """What readers may read, each combination of language and reader read once: for one measurement."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str | None, Reader], list[PageContent]] = {}

    def pages(self, language: str, *, only: str | None, reader: Reader) -> list[PageContent]:
        """What the index holds and the reader may see, each page once: in `language` where there is a choice, and
        `only` leaving out all others."""
        key = (language, only, reader)
        if key not in self._known:
            self._known[key] = _readable(language, only, reader)
        return self._known[key]


def outcomes(
    name: str,
    questions: Sequence[Question],
    *,
    texts: Texts | None = None,
    progress: Callable[[int], None] | None = None,
) -> list[Outcome]:
    """A baseline of search.evaluation.legs over the questions. Raises Unavailable, KeyError for an unknown name."""
    texts = texts or Texts()
    rank = {
        "bm25 pages": _bm25(texts, passages=False),
        "bm25 passages": _bm25(texts, passages=True),
        "wagtail": _wagtail(None),
        "wagtail any word": _wagtail("or"),
    }[name]
    who = member()
    found = []
    for number, question in enumerate(questions, start=1):
        reader = reader_of(question, member=who)
        prepared = rank(question, reader)
        began = time.perf_counter()
        keys = prepared()
        found.append(
            Outcome(question, tuple(Found(key) for key in keys), seconds=time.perf_counter() - began)
        )
        if progress is not None:
            progress(number)
    return found


Rank = Callable[[Question, Reader], Callable[[], Sequence[str]]]
"""Prepares what does not belong to a question's time, and returns what does."""


def _bm25(texts: Texts, *, passages: bool) -> Rank:
    @lru_cache(maxsize=8)
    def index(language: str, only: str | None, reader: Reader) -> Bm25:
        cut = _passages if passages else _whole
        return Bm25([text for page in texts.pages(language, only=only, reader=reader) for text in cut(page)])

    def prepare(question: Question, reader: Reader) -> Callable[[], Sequence[str]]:
        built = index(question.language, question.only_language, reader)
        return lambda: built.ranked(question.text, question.language)

    return prepare


class Bm25:
    """One index for each language of the texts, since stems of two do not mix; their results by score."""

    def __init__(self, texts: Sequence[Text]) -> None:
        try:
            import bm25s
        except ImportError:
            raise Unavailable(
                "The baseline BM25 needs bm25s, which only developers install: pip install bm25s"
            ) from None
        logging.getLogger("bm25s").setLevel(logging.WARNING)
        self._parts: dict[str, tuple[Any, list[str]]] = {}
        for language in sorted({text.language for text in texts}):
            own = [text for text in texts if text.language == language]
            retriever = bm25s.BM25()
            tokens = _tokens([text.text for text in own], language)
            if not any(tokens):
                continue
            retriever.index(tokens, show_progress=False)
            self._parts[language] = (retriever, [text.key for text in own])

    def ranked(self, question: str, asked_in: str) -> list[str]:
        best: dict[str, float] = {}
        for language, (retriever, keys) in self._parts.items():
            tokens = _tokens([question], language, stop=asked_in)
            known = [token for token in tokens[0] if token in retriever.vocab_dict]
            if not known:
                continue
            places, scores = retriever.retrieve(
                [known], k=min(CANDIDATES, len(keys)), show_progress=False, sorted=True
            )
            for place, score in zip(places[0].tolist(), scores[0].tolist(), strict=True):
                if score > 0:
                    best[keys[place]] = max(best.get(keys[place], 0.0), score)
        return sorted(best, key=lambda key: (-best[key], key))[:DEPTH]


def _tokens(texts: list[str], language: str, *, stop: str = "") -> list[list[str]]:
    import bm25s
    import Stemmer

    stemmer = Stemmer.Stemmer(SNOWBALL[language]) if language in SNOWBALL else None
    try:
        return list(
            bm25s.tokenize(
                texts, stopwords=stop or language, stemmer=stemmer, return_ids=False, show_progress=False
            )
        )
    except ValueError:  # no stop words for this language
        return list(
            bm25s.tokenize(texts, stopwords=None, stemmer=stemmer, return_ids=False, show_progress=False)
        )


def _passages(page: PageContent) -> list[Text]:
    """Under the page's title and their headings; the page's keywords belong to the first."""
    sections = ["\n".join((*passage.heading_path, passage.text)) for passage in page.passages] or [""]
    sections[0] = f"{page.keywords}\n{sections[0]}"
    return [
        Text(str(page.translation_key), page.language, f"{page.title}\n{section}") for section in sections
    ]


def _whole(page: PageContent) -> list[Text]:
    sections = ("\n".join((*passage.heading_path, passage.text)) for passage in page.passages)
    text = "\n".join((page.title, page.keywords, *sections))
    return [Text(str(page.translation_key), page.language, text)]


def _readable(language: str, only: str | None, reader: Reader) -> list[PageContent]:
    pages = visible_to(Page.objects.all(), reader).values("pk")
    rows = IndexedPage.objects.filter(page_id__in=pages).exclude(kind="")
    if only is not None:
        rows = rows.filter(language=only)
    chosen: dict[UUID | None, IndexedPage] = {}
    for row in rows.order_by("language"):
        if row.translation_key not in chosen or row.language == language:
            chosen[row.translation_key] = row
    contents = (content.load(row.page_id) for row in chosen.values())
    return [page for page in contents if page is not None]


def _wagtail(operator: str | None) -> Rank:
    """`.search()` of the pages the asker may see, all languages unless one is asked for, translations folded.

    Without an operator as Wagtail's documentation shows it: every word must occur, which few whole questions survive.
    Restricted to the page types that search/ knows, so that both look among the same pages. By their ids, since
    Wagtail's search takes no other condition than fields it has indexed.
    """

    def prepare(question: Question, reader: Reader) -> Callable[[], Sequence[str]]:
        pages = visible_to(Page.objects.filter(content_type__in=searchable_content_types()), reader)
        if question.only_language is not None:
            pages = pages.filter(locale__language_code=question.only_language)
        among = Page.objects.filter(pk__in=list(pages.values_list("pk", flat=True)))

        def ask() -> Sequence[str]:
            # Twice the depth: a page and its translation are one result.
            rows: Iterable[Page] = among.search(question.text, operator=operator)[: 2 * DEPTH]
            return list(dict.fromkeys(str(page.translation_key) for page in rows))[:DEPTH]

        return ask

    return prepare
