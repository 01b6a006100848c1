"""Everything that a reader can ask of the site, as values that can be compared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import translation
from wagtail.models import Page

from search import vocabulary
from search.bilingual import current
from search.conf import using
from search.gaps.vocabulary import known
from search.index import approximate
from search.reader import Reader
from search.related.read import related_to
from search.retrieval import ask
from search.suggesting import suggest
from tests.property.worlds import World, WorldSpec

HTML = 1
"""question that is also asked of the page: a request costs ten times an answer"""
VARIES = re.compile(r'nonce="[^"]*"|name="csrfmiddlewaretoken" value="[^"]*"')
Shown = dict[tuple[str, ...], str]


@contextmanager
def figures(spec: WorldSpec) -> Iterator[None]:
    """The figures under which a world is read and related."""
    chosen: dict[str, Any] = {"statement_timeout_ms": 60_000}
    if spec.narrow:
        chosen |= {
            "gram_words": 2, "compound_words": 2, "candidates": 3, "related_kept": 2,
            "postings": 8, "few_pages": 0, "related_threshold": 0.05,
        }  # fmt: skip
    if spec.approximate:
        chosen |= {"exact_up_to": 0, "few_share": 0.0, "nearest": 6}
    with using(**chosen):
        yield


def fresh() -> None:
    """Nothing that a process remembers is left."""
    vocabulary.forget()
    current.look_again()
    approximate.forget()


def read(world: World, spec: WorldSpec, user: Any, hidden: frozenset[int]) -> Shown:
    """(surface, question …) -> what is shown."""
    fresh()
    reader = Reader() if user is None else Reader.of(type(user).objects.get(pk=user.pk))
    shown: Shown = {}
    for question, language, filters in spec.questions:
        answer = ask(question, reader=reader, language=language, filters=dict(filters), limit=5)
        assert not answer.timed_out
        shown["answer", question, language, str(filters)] = plain(answer)
    question, language, filters = spec.questions[0]
    second = ask(question, reader=reader, language=language, filters=dict(filters), offset=2, limit=2)
    shown["second page", question] = plain(second)
    for typed, language in spec.typed:
        shown["suggestions", typed, language] = plain(suggest(typed, reader=reader, language=language))
    for page in Page.objects.filter(pk__in=set(world.pages) - hidden).specific().order_by("pk"):
        if page.alias_of_id is None:
            code = page.locale.language_code
            shown["related", str(page.pk)] = plain(related_to(page, reader=reader, language=code))
    if user is None:
        # What a log of questions keeps is decided by what everybody may read.
        words = sorted({word.lower() for question, _, _ in spec.questions for word in question.split()})
        shown["words that are kept", " ".join(words)] = str(sorted(known(words)))
    client = Client()
    if user is not None:
        client.force_login(user)
    for address in addresses(spec):
        shown["page", address] = VARIES.sub("", client.get(address).content.decode())
    return shown


def addresses(spec: WorldSpec) -> Iterator[str]:
    for question, language, filters in spec.questions[:HTML]:
        with translation.override(language):
            chosen = "".join(f"&{name}={value}" for name, value in filters)
            yield f"{reverse('ask:search')}?q={question}{chosen}"
            yield f"{reverse('ask:suggestions')}?q={question}"


def plain(value: Any) -> str:
    """As text. Ten digits of each number: PostgreSQL adds in the order in which rows lie on the disk."""
    if isinstance(value, float):
        return f"{value:.10g}"
    if is_dataclass(value) and not isinstance(value, type):
        inner = ", ".join(f"{field.name}={plain(getattr(value, field.name))}" for field in fields(value))
        return f"{type(value).__name__}({inner})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {plain(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (tuple, list)):
        return "[" + ", ".join(map(plain, value)) + "]"
    return repr(value)
