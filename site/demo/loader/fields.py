"""A text as the fields of its page, the same shape in each language, so that translations fall into place."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from demo.loader.content import ContentError, Entry, Text
from kb.core.addresses import slug_of
from kb.toolbox.markdown import Source, SourceError, parse_guide
from kb.toolbox.markdown.body import free_body
from kb.toolbox.markdown.outline import outline, render
from kb.toolbox.markdown.page_fields import body_stream, guide_fields, stream

Fields = dict[str, Any]

# What an English guide says for itself; everything else comes from the German one.
GUIDE_TEXTS = {"title", "summary", "keywords", "cost_note", "roles"}
# Front matter that is no field of its own: relations, resolved by demo.loader.pages.
GUIDE_RELATIONS = {"clusters", "fields", "templates", "related", "image"}

TEMPLATE_SECTIONS = {
    "purpose": ("Wofür", "What it is for"),
    "how_to_fill": ("So füllen Sie sie aus", "How to fill it in"),
    "notes": ("Hinweise", "Notes"),
}
CASE_SECTIONS = {
    "situation": ("Ausgangslage", "Situation"),
    "action": ("Was wir getan haben", "What we did"),
    "result": ("Ergebnis", "Result"),
    "lessons": ("Was wir anders machen würden", "What we would do differently"),
}


def fields_of(entry: Entry, language: str) -> Fields:
    """Field name -> value of the page of `entry` in `language`, without relations to other pages.

    Raises ContentError when the text is not built as its kind of page demands.
    """
    text = entry.texts[language]
    slug = entry.key if language == entry.language == "de" else slug_of(text["title"])
    return {
        "title": text["title"],
        "slug": slug,
        "summary": _limited(text, "summary", 300),
        "keywords": _limited(text, "keywords", 250) if text.front_matter.get("keywords") else "",
        **KINDS[entry.folder](entry, text),
    }


def _guide(entry: Entry, text: Text) -> Fields:
    values = dict(text.front_matter)
    if text is not entry.source:
        values = {**entry.source.front_matter, **{name: text[name] for name in GUIDE_TEXTS if name in values}}
    try:
        draft = parse_guide(Source(values, text.body))
    except SourceError as error:
        raise ContentError(f"{text.path}: {error}") from None
    if unread := draft.unused.keys() - GUIDE_RELATIONS:
        raise ContentError(f"{text.path}: front matter that cannot be read: {', '.join(sorted(unread))}")
    status = draft.facts.status or "tested"
    return {**guide_fields(draft, entry.name), "status": status}


def _template(entry: Entry, text: Text) -> Fields:
    return {
        **_sections(text, TEMPLATE_SECTIONS, optional={"notes"}),
        "version": str(entry.source.front_matter.get("version", "")),
        "licence": str(entry.source.front_matter.get("licence", "")),
    }


def _cluster(entry: Entry, text: Text) -> Fields:
    source = entry.source
    return {
        "kind": source["kind"],
        "field": text["field"],
        "organisation": text["organisation"],
        "region": text["region"],
        "founded": source.front_matter.get("founded"),
        "topics": stream(entry.name, "topics", "topic", text["topics"]),
        "contact_email": source["contact_email"],
        "body": _body(entry, text),
    }


def _field(entry: Entry, text: Text) -> Fields:
    return {"question": _limited(text, "question", 250), "body": _body(entry, text)}


def _case(entry: Entry, text: Text) -> Fields:
    return {"year": entry.source["year"], **_sections(text, CASE_SECTIONS)}


def _need_offer(entry: Entry, text: Text) -> Fields:
    return {
        "kind": entry.source["kind"],
        "valid_until": entry.source["valid_until"],
        "body": render(outline(text.body), ()),
    }


def _news(entry: Entry, text: Text) -> Fields:
    return {"date": entry.source["date"], "body": _body(entry, text)}


def _bridge(entry: Entry, text: Text) -> Fields:
    return {"body": _body(entry, text)}


def _page(entry: Entry, text: Text) -> Fields:
    if entry.key == "home":
        questions = stream(entry.name, "example_questions", "question", text["example_questions"])
        return {"example_questions": questions}
    return {"body": _body(entry, text)}


KINDS: Mapping[str, Callable[[Entry, Text], Fields]] = {
    "guides": _guide,
    "guides_members": _guide,
    "templates": _template,
    "clusters": _cluster,
    "fields": _field,
    "cases": _case,
    "needs_offers": _need_offer,
    "news": _news,
    "bridges": _bridge,
    "pages": _page,
    "pages_aviation": _page,
}


def _body(entry: Entry, text: Text) -> list[dict[str, Any]]:
    items = free_body(text.body)
    if not items:
        raise ContentError(f"{text.path}: no text below the front matter")
    return body_stream(items, entry.name)


def _sections(text: Text, known: Mapping[str, tuple[str, ...]], optional: set[str] = frozenset()) -> Fields:  # type: ignore[assignment]
    """Rich text of the sections with the headings that this kind of page has, and no others."""
    field_of = {heading: name for name, headings in known.items() for heading in headings}
    root = outline(text.body)
    if root.blocks:
        raise ContentError(f"{text.path}: text before the first ## heading")
    found: Fields = {}
    for node in root.children:
        if node.heading not in field_of:
            raise ContentError(
                f"{text.path}: the heading “{node.heading}” is not one of {', '.join(field_of)}"
            )
        found[field_of[node.heading]] = render(node, ())
    if missing := [known[name] for name in known if name not in found and name not in optional]:
        raise ContentError(f"{text.path}: the section “{missing[0][0]}” / “{missing[0][-1]}” is missing")
    return {name: found.get(name, "") for name in known}


def _limited(text: Text, name: str, characters: int) -> str:
    value = text[name]
    words = ", ".join(value) if isinstance(value, list) else str(value)
    if len(words) > characters:
        raise ContentError(f"{text.path}: “{name}” has {len(words)} characters, {characters} are possible")
    return words


@dataclasses.dataclass(frozen=True)
class Relation:
    """A link from one page to another by key, and the stream or foreign key that holds it."""

    field: str
    block_type: str  # "" for a foreign key
    folder: str
    key: str


def relations_of(entry: Entry) -> list[Relation]:
    """All links of an entry to pages, in the order of its front matter. Raises ContentError for an odd one."""
    values = entry.source.front_matter
    found: list[Relation] = []

    def many(name: str, field: str, block_type: str, folder: str) -> None:
        keys = values.get(name) or []
        if not isinstance(keys, list):
            raise ContentError(f"{entry.source.path}: “{name}” is a list of keys")
        found.extend(Relation(field, block_type, folder, str(key)) for key in keys)

    def one(name: str, field: str, folder: str) -> None:
        if values.get(name):
            found.append(Relation(field, "", folder, str(values[name])))

    if entry.folder in {"guides", "guides_members"}:
        many("clusters", "used_by", "cluster", "clusters")
        many("fields", "co_learning_fields", "field", "fields")
        many("templates", "templates", "template", "templates")
        for link in values.get("related") or []:
            try:
                found.append(Relation("related_guides", link["kind"], "guides", link["guide"]))
            except (KeyError, TypeError):
                raise ContentError(
                    f"{entry.source.path}: “related” has entries {{guide: …, kind: …}}"
                ) from None
    elif entry.folder == "templates":
        many("guides", "guides", "guide", "guides")
    elif entry.folder == "fields":
        many("clusters", "clusters", "cluster", "clusters")
        many("guides", "guides", "guide", "guides")
    elif entry.folder == "cases":
        one("cluster", "cluster", "clusters")
        one("guide", "guide", "guides")
    return found
