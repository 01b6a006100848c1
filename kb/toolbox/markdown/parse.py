"""Outline and front matter -> a guide's fields. What has no field becomes a section of the body."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape
from typing import Any

from django.utils.translation import gettext_noop as _

from kb.toolbox.markdown.body import body_items
from kb.toolbox.markdown.draft import (
    BodyItem,
    BodyTable,
    GuideDraft,
    Measure,
    Pitfall,
    Reading,
    Step,
    Variant,
)
from kb.toolbox.markdown.facts import read_facts
from kb.toolbox.markdown.headings import field_of, normalised
from kb.toolbox.markdown.outline import Node, has_tables, outline, render, text_of
from kb.toolbox.markdown.source import Source, SourceError
from kb.toolbox.markdown.steps import read_items, read_measures, read_pitfalls, read_steps, read_variants
from kb.toolbox.markdown.summary import MAX_CHARACTERS, cut_at_word, first_sentences

TITLE_CHARACTERS = 255
KEYWORD_CHARACTERS = 250

RICH_TEXT = ("purpose", "when_to_use", "when_not_to_use", "inclusive_delivery")


def parse_guide(source: Source, *, title: str = "") -> GuideDraft:
    """The guide a file describes. `title` is for a file that has none.

    Raises SourceError where there is no title, or one that is too long.
    """
    values = dict(source.front_matter)
    root = outline(source.body)
    parts = _Parts()
    title = _title(values, root, title)
    _lift(root, title, parts)

    summary, origin = _given_summary(values), "front matter"
    intro = "".join(block.html for block in root.blocks if block.kind != "table")
    parts.body.extend(BodyTable(block.rows) for block in root.blocks if block.kind == "table")
    for node in root.children:
        if field_of(node.heading) == "summary" and not summary and _is_short(node):
            summary, origin = text_of(render(node)), "heading"
            parts.readings.append(Reading(node.heading, "summary"))
        else:
            parts.add(node)

    if len(summary) > MAX_CHARACTERS:
        intro = f"<p>{escape(summary, quote=False)}</p>{intro}"
        summary = cut_at_word(summary, MAX_CHARACTERS)
    if not summary:
        text, origin = next(((text, "text") for text in _texts(intro, parts) if text), (title, "title"))
        summary = first_sentences(text)
    if intro != f"<p>{escape(summary, quote=False)}</p>":
        parts.rich["purpose"] = intro + parts.rich.get("purpose", "")

    keywords = _keywords(values)
    language = str(_take(values, "lang", "language", "sprache") or "").strip().lower()
    identity = str(_take(values, "id") or "").strip()
    facts, roles, unused = read_facts(values)
    return GuideDraft(
        title=title,
        summary=summary,
        summary_from=origin,
        keywords=keywords,
        language=language,
        source_id=identity,
        facts=facts,
        roles=roles,
        preparation=tuple(parts.preparation),
        materials=tuple(parts.materials),
        steps=tuple(parts.steps),
        pitfalls=tuple(parts.pitfalls),
        variants=tuple(parts.variants),
        success=tuple(parts.success),
        body=tuple(parts.body),
        readings=tuple(parts.readings),
        unused=unused,
        **{name: parts.rich.get(name, "") for name in RICH_TEXT},
    )


@dataclass
class _Parts:
    """The fields as they fill, section by section."""

    rich: dict[str, str] = field(default_factory=dict)
    preparation: list[str] = field(default_factory=list)
    materials: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    pitfalls: list[Pitfall] = field(default_factory=list)
    variants: list[Variant] = field(default_factory=list)
    success: list[Measure] = field(default_factory=list)
    body: list[BodyItem] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)

    def add(self, node: Node) -> None:
        """Put a section where its heading says, or else into the body."""
        name = None if node.empty else field_of(node.heading)
        if name is not None and self._fill(name, node):
            self.readings.append(Reading(node.heading, name))
        else:
            self.body.extend(body_items(node))

    def _fill(self, name: str, node: Node) -> bool:
        if name == "success":
            if (found := read_measures(node)) is None:
                return False
            self.success.extend(found[0])
            self.readings.extend(found[1])
            return True
        if has_tables(node):
            return False
        if name in RICH_TEXT:
            earlier = self.rich.get(name, "")
            # A second section for one field keeps its heading, so that both stay apart.
            heading = f"<p><b>{escape(node.heading, quote=False)}</b></p>" if earlier else ""
            self.rich[name] = earlier + heading + render(node, ())
            return True
        if name == "steps":
            steps, readings = read_steps(node)
            self.steps.extend(steps)
            self.readings.extend(readings)
            return True
        if name in {"preparation", "materials"}:
            items = read_items(node)
            getattr(self, name).extend(items or ())
            return items is not None
        if name in {"pitfalls", "variants"}:
            found_parts: Any = read_pitfalls(node) if name == "pitfalls" else read_variants(node)
            getattr(self, name).extend(found_parts or ())
            return found_parts is not None
        return False


def _title(values: dict[str, Any], root: Node, otherwise: str) -> str:
    title = str(_take(values, "title", "titel") or "").strip()
    if not title and len(top := [node for node in root.children if node.level == 1]) == 1:
        title = top[0].heading
    title = title or otherwise
    if not title:
        raise SourceError(_("no title: neither in the front matter nor as the only # heading"))
    if len(title) > TITLE_CHARACTERS:
        raise SourceError(_("the title has more than %(most)s characters"), most=TITLE_CHARACTERS)
    return " ".join(title.split())


def _lift(root: Node, title: str, parts: _Parts) -> None:
    """Take away a heading that repeats the title, and the level of first-level headings."""
    lifted: list[Node] = []
    repeated = False
    for node in root.children:
        if not repeated and normalised(node.heading) == normalised(title):
            repeated = True
            parts.readings.append(Reading(node.heading, "title"))
            if lifted:
                lifted.append(Node("", node.level, node.blocks))
            else:
                root.blocks.extend(node.blocks)
            lifted.extend(node.children)
        elif node.level == 1:
            lifted.append(Node(node.heading, node.level, node.blocks))
            lifted.extend(node.children)
        else:
            lifted.append(node)
    root.children = [node for node in lifted if node.heading or not node.empty]


def _given_summary(values: dict[str, Any]) -> str:
    return " ".join(
        str(_take(values, "summary", "description", "zusammenfassung", "kurzfassung") or "").split()
    )


def _keywords(values: dict[str, Any]) -> str:
    """Words of `keywords` and `tags`. Where they are too many, the rest stays in the front matter, unused."""
    for name in ("keywords", "stichwörter", "tags", "schlagwörter"):
        value = values.get(name)
        if value is None or isinstance(value, dict):
            continue
        words = [str(word).strip() for word in (value if isinstance(value, list) else str(value).split(","))]
        kept: list[str] = []
        while words and len(", ".join([*kept, words[0]])) <= KEYWORD_CHARACTERS:
            kept.append(words.pop(0))
        if words:
            values[name] = words
        else:
            del values[name]
        return ", ".join(filter(None, kept))
    return ""


def _take(values: dict[str, Any], *names: str) -> Any:
    for name in names:
        if isinstance(values.get(name), str | int | float):
            return values.pop(name)
    return None


def _is_short(node: Node) -> bool:
    return (
        not node.children
        and len(node.blocks) == 1
        and node.blocks[0].kind == "paragraph"
        and "<a " not in node.blocks[0].html
        and len(text_of(node.blocks[0].html)) <= MAX_CHARACTERS
    )


def _texts(intro: str, parts: _Parts) -> list[str]:
    """Plain texts a summary may be made of, the best first."""
    written = [intro, parts.rich.get("purpose", ""), *(getattr(item, "text", "") for item in parts.body)]
    written += [parts.rich.get("when_to_use", ""), *(step.text for step in parts.steps)]
    return [text_of(re.sub(r"</?(?:p|li|ul|ol|h\d)>", " ", html)) for html in written]
