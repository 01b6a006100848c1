"""What is wrong with the demo content, found without a database."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from demo.loader.content import LANGUAGES, Content, ContentError, Entry
from demo.loader.fields import fields_of, relations_of
from kb.toolbox.markdown.leftover import source_words

# What the demo content promises (docs: ../content).
AT_LEAST = {
    "guides": 30,
    "templates": 12,
    "clusters": 8,
    "fields": 6,
    "cases": 12,
    "needs_offers": 16,
    "news": 6,
}
MIN_WORDS = {
    "guides": 350,
    "guides_members": 350,
    "templates": 120,
    "fields": 180,
    "cases": 200,
    "needs_offers": 60,
}
GERMAN_ONLY = {"guides/protokolle-schreiben", "guides/datenschutz-teilnahmelisten"}
ENGLISH_ONLY = {"guides/hosting-international-guests"}


def problems(content: Content) -> list[str]:
    """One sentence for each problem; empty when all is well."""
    return [
        *_counts(content),
        *_languages(content),
        *(problem for entry in content.entries.values() for problem in _entry(entry, content)),
        *_pictures(content),
        *_files(content),
    ]


def _counts(content: Content) -> Iterator[str]:
    for folder, wanted in AT_LEAST.items():
        if (there := len(content.of(folder))) < wanted:
            yield f"{folder}: {there} of {wanted}"


def _languages(content: Content) -> Iterator[str]:
    german = {name for name, entry in content.entries.items() if set(entry.texts) == {"de"}}
    english = {name for name, entry in content.entries.items() if set(entry.texts) == {"en"}}
    if german != GERMAN_ONLY:
        yield f"only in German: {sorted(german)} instead of {sorted(GERMAN_ONLY)}"
    if english != ENGLISH_ONLY:
        yield f"only in English: {sorted(english)} instead of {sorted(ENGLISH_ONLY)}"


def _entry(entry: Entry, content: Content) -> Iterator[str]:
    try:
        shapes = {language: fields_of(entry, language) for language in entry.texts}
        relations = relations_of(entry)
    except ContentError as error:
        yield str(error)
        return
    if len(shapes) == 2:
        yield from (
            f"{entry.texts['en'].path}: {difference}"
            for difference in _differences(shapes["de"], shapes["en"])
        )
    words = sum(source_words(entry.source.body).values())
    if entry.language == "de" and words < MIN_WORDS.get(entry.folder, 0):
        yield f"{entry.source.path}: {words} words of at least {MIN_WORDS[entry.folder]}"
    for relation in relations:
        known = (
            content.guides if relation.folder == "guides" else {e.key for e in content.of(relation.folder)}
        )
        if relation.key not in known:
            yield f"{entry.source.path}: there is no {relation.folder}/{relation.key}"
        if relation.folder == "guides" and relation.key == entry.key:
            yield f"{entry.source.path}: refers to itself"
    if entry.folder == "needs_offers" and f"clusters/{entry.source['cluster']}" not in content.entries:
        yield f"{entry.source.path}: there is no cluster {entry.source['cluster']}"
    if (image := entry.source.front_matter.get("image")) and image not in content.pictures:
        yield f"{entry.source.path}: there is no image {image}"


def _differences(german: Any, english: Any, place: str = "") -> Iterator[str]:
    """Where the two are built differently, the deepest place first: blocks, paragraphs, bullets, rows, links."""
    if isinstance(german, dict) and isinstance(english, dict):
        for name in german.keys() - {"id", "count"}:
            yield from _differences(german[name], english.get(name), f"{place} {name}".strip())
    elif isinstance(german, list) and isinstance(english, list):
        if len(german) != len(english):
            yield f"{place}: {len(english)} instead of {len(german)}"
            return
        for number, (left, right) in enumerate(zip(german, english, strict=True), start=1):
            yield from _differences(left, right, f"{place} {number}")
    elif isinstance(german, str) and isinstance(english, str):
        if _tags(german) != _tags(english):
            yield f"{place}: built as {_tags(english)} instead of {_tags(german)}"
        elif bool(german) != bool(english):
            yield f"{place}: {'missing' if german else 'more than in German'}"
    elif type(german) is not type(english):
        yield f"{place}: {english!r} instead of {german!r}"


def _tags(html: str) -> str:
    return "".join(re.findall(r"</?(?:p|h3|h4|ul|ol|li|a|br)\b(?: href=\"[^\"]*\")?>", html))


def _pictures(content: Content) -> Iterator[str]:
    for key, picture in content.pictures.items():
        for language in LANGUAGES:
            if not picture.alt.get(language, "").strip():
                yield f"images/{key}: no alternative text in “{language}”"


def _files(content: Content) -> Iterator[str]:
    offered: set[str] = set()
    for entry in content.of("templates"):
        languages = set()
        for file in entry.source.front_matter.get("files") or []:
            offered.add(file["file"])
            languages.add(file["language"])
            if file["file"] not in content.files:
                yield f"{entry.source.path}: there is no file files/{file['file']}"
        if languages != set(LANGUAGES):
            yield f"{entry.source.path}: files in {sorted(languages)}"
    for name in sorted(content.files.keys() - offered):
        yield f"files/{name}: no template offers it"
