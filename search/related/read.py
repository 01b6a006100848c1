"""The related pages of a page for a reader: one query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from wagtail.models import Page

from search.conf import conf
from search.reader import Reader
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
    """kind of an editor's link (search.protocol.RelatedLink); None where the machine found it"""
    shared: tuple[str, ...]
    """words that both pages use, strongest first, as this page writes them"""
    passage: str
    """of this page, beside …"""
    other_passage: str
    """… that of the other one: the two texts that show what they share; "" for a link that only an editor made"""
    other_anchor: str


def related_to(page: Page, *, reader: Reader, language: str, limit: int = 6) -> list[Related]:
    """Pages that belong with `page`, editors' links first, in the reader's language where that is visible.

    `page` is the specific page; one that is not searchable has none. Empty too when the database is too slow:
    nobody waits for an aside.
    """
    links = list(page.related_links()) if hasattr(page, "related_links") else []
    params: dict[str, Any] = {
        **visible_params(reader),
        "translation_key": str(page.translation_key),
        "language": language,
        "link_pages": [link.page_id for link in links],
        "link_kinds": [link.kind for link in links],
        "threshold": conf().related_threshold,
        "limit": limit,
    }
    try:
        rows = run(sql("../related/related.sql"), params, timeout_ms=conf().statement_timeout_ms)
    except TimedOut:
        return []
    return [
        Related(
            page_id=row["page_id"],
            kind=row["kind"],
            title=row["title"],
            url=page_url(row["url_path"]),
            language=row["language"],
            link=row["link"],
            shared=tuple(row["shared"]),
            passage=row["passage"] or "",
            other_passage=row["other_passage"] or "",
            other_anchor=row["other_anchor"] or "",
        )
        for row in rows
    ]
