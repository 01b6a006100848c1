"""Topics and candidates that a reader may see, each in one query."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from search.conf import conf
from search.reader import Reader
from search.retrieval.statement import TimedOut, run, sql, visible_params
from search.retrieval.urls import page_url
from search.topics.explaining import explanation
from search.topics.reading import Owner, Pair, ReadCandidate, ReadPassage, ReadTopic, Side


def topics_of(owner: UUID | str, reader: Reader, language: str, *, hidden: bool = False) -> list[ReadTopic]:
    """Topics of the owner with this translation key, strongest first. `hidden`: also what editors have hidden."""
    return _topics(owner, reader, language, hidden)


def all_topics(reader: Reader, language: str, *, hidden: bool = False) -> list[ReadTopic]:
    """Topics of every owner, by owner, strongest first: for a map."""
    return _topics(None, reader, language, hidden)


def candidates(
    reader: Reader, language: str, *, owner: UUID | str | None = None, kind: str | None = None
) -> list[ReadCandidate]:
    """Candidates for bridges, best first, without those that were rejected and have nothing new since.

    `owner` (a translation key) may be either side; `kind` is "topic" or "need_offer". Empty when the database is
    too slow.
    """
    return _candidates(reader, language, owner=owner, kind=kind)


def candidate(key: str, reader: Reader, language: str) -> ReadCandidate | None:
    """The candidate with this key. None when it is gone, rejected, or not for this reader's eyes."""
    found = _candidates(reader, language, key=key)
    return found[0] if found else None


def _topics(owner: UUID | str | None, reader: Reader, language: str, hidden: bool) -> list[ReadTopic]:
    rows = _rows(
        "../topics/topics.sql",
        reader,
        {"language": language, "owner": str(owner) if owner else None, "hidden": hidden},
    )
    found = []
    for row in rows:
        label, spoken = _label(language, row["given_labels"], row["labels"])
        days = sorted(date.fromisoformat(passage["dated"]) for passage in row["passages"])
        counts = Counter(f"{day.year}-Q{(day.month + 2) // 3}" for day in days)
        found.append(
            ReadTopic(
                key=UUID(row["key"]),
                owner=_owner(row["owner"], row["owner_page"]),
                label=label,
                language=spoken,
                terms=tuple(row["terms"].get(spoken, ())),
                weight=row["weight"],
                pages=len(days),
                first_on=days[0],
                last_on=days[-1],
                quarters=tuple(sorted(counts.items())),
                passages=tuple(_passage(passage) for passage in row["passages"]),
                hidden=row["hidden"],
            )
        )
    return found


def _candidates(
    reader: Reader,
    language: str,
    *,
    owner: UUID | str | None = None,
    kind: str | None = None,
    key: str | None = None,
) -> list[ReadCandidate]:
    rows = _rows(
        "../topics/candidates.sql",
        reader,
        {"language": language, "owner": str(owner) if owner else None, "kind": kind, "key": key},
    )
    found = []
    for row in rows:
        left, right = (_side(row, side, language) for side in ("left", "right"))
        terms = tuple(row["terms"].get(language, ()))
        found.append(
            ReadCandidate(
                key=row["key"],
                kind=row["kind"],
                left=left,
                right=right,
                score=row["score"],
                terms=terms,
                explanation=explanation(row["kind"], left, right, terms),
                pairs=tuple(
                    Pair(_passage(pair["left"]), _passage(pair["right"]), pair["score"])
                    for pair in row["pairs"]
                ),
                new_evidence=tuple(row["new_evidence"]),
                found_at=datetime.fromisoformat(row["found_at"]),
            )
        )
    return found


def _rows(name: str, reader: Reader, params: dict[str, Any]) -> list[Any]:
    try:
        rows: list[Any] = run(
            sql(name), {**visible_params(reader), **params}, timeout_ms=conf().statement_timeout_ms
        )
    except TimedOut:
        return []
    return rows


def _side(row: Mapping[str, Any], side: str, language: str) -> Side:
    owner_page = row[f"{side}_owner"]
    owner = _owner(owner_page["translation_key"], owner_page)
    if page := row[f"{side}_page"]:
        pair = next(
            (pair[side] for pair in row["pairs"] if pair[side]["translation_key"] == page["translation_key"]),
            {"anchor": "", "heading_path": [], "text": ""},
        )
        return Side(owner, page["title"], None, _passage({**pair, **page}))
    label, _ = _label(
        language, row[f"{side}_given_labels"], row[f"{side}_root_labels"], row[f"{side}_labels"]
    )
    return Side(owner, label, UUID(row[f"{side}_topic"]), None)


def _label(language: str, *labels: Mapping[str, str]) -> tuple[str, str]:
    """The first label in this language, else the first there is; and its language."""
    for some in labels:
        if found := some.get(language):
            return found, language
    for some in labels:
        for spoken, found in sorted(some.items()):
            if found:
                return found, spoken
    return "", language


def _owner(key: str, page: Mapping[str, Any]) -> Owner:
    return Owner(UUID(key), page["page_id"], page["title"], page_url(page["url_path"]), page["language"])


def _passage(row: Mapping[str, Any]) -> ReadPassage:
    return ReadPassage(
        page_id=row["page_id"],
        page_key=UUID(row["translation_key"]),
        kind=row["kind"],
        title=row["title"],
        url=page_url(row["url_path"]),
        language=row["language"],
        anchor=row["anchor"],
        headings=tuple(row["heading_path"]),
        text=row["text"],
    )
