"""The related pages of a page for a reader: one query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from wagtail.models import Page

from search.conf import conf
from search.reader import Reader
from search.related.choosing import Candidate, chosen
from search.retrieval.statement import TimedOut, run, sql, visible_params
from search.retrieval.urls import page_url


@dataclass(frozen=True)
class Related:
    page_id: int
    kind: str
    title: str
    url: str
    language: str
    link: str | None
    """kind of an author's link (search.protocol.RelatedLink); None where there is none"""
    pinned: bool
    """by an editor"""
    shared: tuple[str, ...]
    """words that both pages use, strongest first, as this page writes them"""
    passage: str
    """of this page, beside …"""
    anchor: str
    passage_language: str
    other_passage: str
    """… that of the other one: the two texts that show what they share; "" where only a person says so"""
    other_anchor: str
    other_passage_language: str


def related_to(page: Page, *, reader: Reader, language: str, limit: int = 6) -> list[Related]:
    """Pages that belong with `page`, in the reader's language where that is visible: an author's links, what editors
    pinned, what the machine found.

    `page` is the specific page; one that is not searchable has none. Empty too when the database is too slow:
    nobody waits for an aside.
    """
    found = _read(page, reader=reader, language=language)
    rows = found["pages"]
    near = {(left, right): score for left, right, score in found["near"]}
    candidates = [
        Candidate(
            number=number,
            by_hand=row["link"] is not None or row["pinned"],
            score=row["score"],
            clusters=tuple(row["clusters"]),
        )
        for number, row in enumerate(rows)
    ]

    def nearness(left: int, right: int) -> float:
        return float(near.get((rows[left]["other_id"], rows[right]["other_id"]), 0.0))

    return [_related(rows[number]) for number in chosen(candidates, nearness, limit)]


def suggestions(page: Page, *, reader: Reader, language: str) -> list[Related]:
    """Everything that could be shown, in order: for those who decide about it."""
    return [_related(row) for row in _read(page, reader=reader, language=language)["pages"]]


def _read(page: Page, *, reader: Reader, language: str) -> dict[str, Any]:
    links = list(page.related_links()) if hasattr(page, "related_links") else []
    params: dict[str, Any] = {
        **visible_params(reader),
        "translation_key": str(page.translation_key),
        "language": language,
        "link_pages": [link.page_id for link in links],
        "link_kinds": [link.kind for link in links],
        "threshold": conf().related_threshold,
    }
    try:
        found: dict[str, Any] = run(
            sql("../related/related.sql"),
            params,
            timeout_ms=conf().statement_timeout_ms,
            settings={"enable_nestloop": "on"},  # a handful of rows by their keys: 1.5 ms instead of 15
        )
    except TimedOut:
        return {"pages": [], "near": []}
    return found


def _related(row: dict[str, Any]) -> Related:
    return Related(
        page_id=row["page_id"],
        kind=row["kind"],
        title=row["title"],
        url=page_url(row["url_path"]),
        language=row["language"],
        link=row["link"],
        pinned=row["pinned"],
        shared=tuple(row["shared"]),
        passage=row["passage"] or "",
        anchor=row["anchor"] or "",
        passage_language=row["own_language"] or "",
        other_passage=row["other_passage"] or "",
        other_anchor=row["other_anchor"] or "",
        other_passage_language=row["other_language"] or "",
    )
