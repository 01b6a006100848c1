"""The rows of the judging screen: what the product answers, and what has been marked but not found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from wagtail.models import Page

from search.conf import using
from search.evaluation.addresses import address_of, pages_of
from search.evaluation.marking import Mark, headings_of
from search.evaluation.models import JudgedQuestion
from search.evaluation.readers import member
from search.reader import ANONYMOUS, Reader
from search.retrieval import Answer, Fragment, Hit, ask

FIRST = 10
"""Results shown at once: what nDCG@10 counts, and the first page of results."""
ASKED = 50
"""Results asked for: recall@50 counts them."""
PATIENCE_MS = 3_000
"""Somebody who judges waits for the meaning where a reader on a busy machine would get words alone."""


@dataclass(frozen=True)
class Row:
    """A page with the place at which it was found, ready to be marked."""

    key: UUID
    title: str
    url: str
    language: str
    kind: str
    """name of the page type in the admin's language"""
    place: int | None
    """rank among the answers, from 1; None: not among the first 50"""
    heading: str
    fragments: tuple[Fragment, ...]
    passages: tuple[tuple[str, str], ...]
    """(anchor, heading) of the passages that can be named as the answering one"""
    found_anchor: str
    """of the passage that the search shows"""
    out_of_reach: bool = False
    """the one who asks may not see this page, only the editor may"""


@dataclass(frozen=True)
class Board:
    """What the screen for judging a question shows: the answer of the search, and the marks."""

    answer: Answer
    first: tuple[Row, ...]
    later: tuple[Row, ...]
    """found below the first ten, not marked"""
    missed: tuple[Row, ...]
    """marked or just added, and not among the first ten"""
    hidden: tuple[int, ...]
    """grades of marked pages that this editor may not see, or that are gone"""

    @property
    def rows(self) -> tuple[Row, ...]:
        return self.first + self.missed + self.later


def reader_for(asked_by: str, own: Reader) -> Reader:
    """The reader of a judged question, and no more than `own`, which is the editor's."""
    if asked_by != JudgedQuestion.Asker.MEMBER or not own.authenticated:
        return ANONYMOUS
    who = member()
    groups = who.group_ids if own.superuser else tuple(set(who.group_ids) & set(own.group_ids))
    return replace(who, group_ids=groups)


def board(
    text: str,
    *,
    language: str,
    asked_by: str,
    own: Reader,
    marks: Mapping[UUID, Mark],
    added: Iterable[UUID] = (),
) -> Board:
    """Asks the question as its reader would, and lays the marks beside what comes back.

    `own` is the editor's reader: a marked page outside it keeps its place in `hidden`, without a name. `added` are
    pages chosen by hand that have no mark yet.
    """
    reader = reader_for(asked_by, own)
    with using(embedding_timeout_ms=PATIENCE_MS):
        answer = ask(text, reader=reader, language=language, limit=ASKED)
    found = {hit.translation_key: place for place, hit in enumerate(answer.hits, start=1)}
    wanted = dict.fromkeys([*marks, *added])
    known = pages_of(wanted, reader=own, language=language)
    reachable = pages_of(wanted, reader=reader, language=language)
    missing = [key for key in wanted if key not in found and key in known]
    headings = headings_of([*(hit.page_id for hit in answer.hits), *(known[key].pk for key in missing)])
    kinds = _kinds(answer.hits)
    rows = [
        _found(hit, place, kinds.get(hit.page_id, ""), headings.get(hit.page_id, []))
        for place, hit in enumerate(answer.hits, start=1)
    ]
    below = [row for row in rows[FIRST:] if row.key in wanted]
    return Board(
        answer=answer,
        first=tuple(rows[:FIRST]),
        later=tuple(row for row in rows[FIRST:] if row.key not in wanted),
        missed=(
            *below,
            *(_not_found(known[key], headings.get(known[key].pk, []), key in reachable) for key in missing),
        ),
        hidden=tuple(
            mark.grade
            for key, mark in marks.items()
            if mark.grade is not None and key not in found and key not in known
        ),
    )


def _found(hit: Hit, place: int, kind: str, headings: list[tuple[str, str]]) -> Row:
    return Row(
        key=hit.translation_key,
        title=hit.title,
        url=f"{hit.url}#{hit.passage.anchor}" if hit.passage.anchor else hit.url,
        language=hit.language,
        kind=kind,
        place=place,
        heading=" › ".join(hit.passage.heading_path),
        fragments=hit.passage.fragments,
        passages=tuple(headings),
        found_anchor=hit.passage.anchor,
    )


def _not_found(page: Page, headings: list[tuple[str, str]], reachable: bool) -> Row:
    return Row(
        key=page.translation_key,
        title=page.title,
        url=address_of(page),
        language=page.locale.language_code,
        kind=page.page_type_display_name,
        place=None,
        heading="",
        fragments=(),
        passages=tuple(headings),
        found_anchor="",
        out_of_reach=not reachable,
    )


def _kinds(hits: Iterable[Hit]) -> dict[int, str]:
    pages = Page.objects.filter(pk__in=[hit.page_id for hit in hits]).select_related("content_type")
    return {page.pk: page.page_type_display_name for page in pages}


def with_mark(row: Row, mark: Mark) -> Row:
    """The row with the marked passage among those that can be chosen, also when the page has lost it since."""
    if not mark.anchor or any(anchor == mark.anchor for anchor, _ in row.passages):
        return row
    return replace(row, passages=(*row.passages, (mark.anchor, mark.anchor)))
