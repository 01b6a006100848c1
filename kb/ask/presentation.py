"""An answer as the page shows it: facets and active filters as links, pages of results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext as _

from kb.ask.forms import LAST_PAGE
from kb.ask.labels import labels
from kb.ask.passage_links import passage_url
from kb.ask.reasons import Reason, reasons
from kb.core.facet_options import Option, OptionGroup
from search.bilingual import table
from search.reader import Reader
from search.retrieval import Answer, Hit, HitPassage
from search.retrieval.question import parse

PER_PAGE = 10
NEAREST = 5
"""Hits offered where nothing answers: what comes near, not a list to work through."""
MOST_OPTIONS = 14


@dataclass(frozen=True)
class Place:
    """A passage with its address."""

    passage: HitPassage
    url: str


@dataclass(frozen=True)
class Result:
    """A hit as it is shown: where it leads, and why it is there."""

    hit: Hit
    url: str
    more: tuple[Place, ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Pages:
    """Where the reader is in a list of results; addresses are "" where there is nothing."""

    number: int
    count: int
    previous_url: str
    next_url: str


def results(answer: Answer, *, language: str) -> list[Result]:
    """The hits of an answer, those that come near among them where it is none. `language` is the reader's."""
    if not answer.hits:
        return []
    languages = [code for code, _name in settings.LANGUAGES]
    asked_in = parse(answer.question, language=language, languages=languages, table=table()).language
    return [
        Result(
            hit=hit,
            url=passage_url(hit.url, hit.passage),
            more=tuple(Place(passage, passage_url(hit.url, passage)) for passage in hit.more),
            reasons=tuple(reasons(hit, answer, asked_in=asked_in)),
        )
        for hit in (answer.hits if answer.answered else answer.hits[:NEAREST])
    ]


def address(question: str, filters: Mapping[str, str], page: int = 1) -> str:
    """The query string of a question; page 1 is not named."""
    query = QueryDict(mutable=True)
    query["q"] = question
    for name, value in filters.items():
        query[name] = value
    if page > 1:
        query["page"] = str(page)
    return f"?{query.urlencode()}"


def facets(
    counts: Mapping[str, Mapping[str, int]],
    *,
    question: str,
    filters: Mapping[str, str],
    language: str,
    reader: Reader,
) -> list[OptionGroup]:
    """The facets that can narrow this answer down. One with a single value and nothing chosen narrows nothing."""
    titles = {
        "kind": _("Kind of page"),
        "task_area": _("Task area"),
        "cluster": _("Cluster"),
    }
    shown = []
    for name, title in titles.items():
        values = dict(counts.get(name, {}))
        chosen = filters.get(name)
        if chosen is not None:
            values.setdefault(chosen, 0)
        # Counted after the names: a value this reader may not know must not make a facet of the other one.
        names = labels(name, values, language=language, reader=reader)
        if len(names) < 2 and chosen is None:
            continue
        others = {key: value for key, value in filters.items() if key != name}
        options = [
            Option(
                value=value,
                label=names[value],
                count=count,
                url=address(question, others if value == chosen else {**others, name: value}),
                chosen=value == chosen,
            )
            for value, count in values.items()
            if value in names
        ]
        options.sort(key=lambda option: (not option.chosen, -option.count, option.label))
        if options:
            shown.append(OptionGroup(name, title, tuple(options[:MOST_OPTIONS])))
    return shown


def pages(total: int, number: int, *, question: str, filters: Mapping[str, str]) -> Pages:
    """The pager for `total` hits on page `number`."""
    count = min(max(1, -(-total // PER_PAGE)), LAST_PAGE)
    return Pages(
        number=number,
        count=count,
        previous_url=address(question, filters, number - 1) if number > 1 else "",
        next_url=address(question, filters, number + 1) if number < count else "",
    )
