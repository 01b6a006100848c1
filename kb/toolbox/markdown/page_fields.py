"""A draft as the values of a page's fields, streams in the form in which they are stored."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterable
from html import escape
from typing import Any

from kb.toolbox.markdown.draft import BodyItem, BodyParagraph, BodySection, GuideDraft

NAMESPACE = uuid.UUID("5b6ecb0a-6a0c-4b5e-9b43-1c6f1f0b8a55")

Stream = list[dict[str, Any]]


def block_id(key: str, path: str) -> str:
    """The same id for the same place of the same source, so that links to it last and translations find it."""
    return str(uuid.uuid5(NAMESPACE, f"{key}/{path}"))


def guide_fields(draft: GuideDraft, key: str) -> dict[str, Any]:
    """Field name -> value for a PracticeGuide, all but its task area. `key` makes the ids of its blocks."""
    facts = {
        name: value
        for name, value in dataclasses.asdict(draft.facts).items()
        if name != "task_area" and (name not in {"kind", "status"} or value)
    }
    return {
        "title": draft.title,
        "summary": draft.summary,
        "keywords": draft.keywords,
        "kind": "method",
        **facts,
        "purpose": draft.purpose or f"<p>{escape(draft.summary, quote=False)}</p>",
        "when_to_use": draft.when_to_use,
        "when_not_to_use": draft.when_not_to_use,
        "inclusive_delivery": draft.inclusive_delivery,
        "roles": stream(
            key,
            "roles",
            "role",
            ({"role": role.role, "count": role.count or 1, "task": role.task} for role in draft.roles),
        ),
        "preparation": stream(key, "preparation", "item", draft.preparation),
        "materials": stream(key, "materials", "item", draft.materials),
        "steps": stream(
            key,
            "steps",
            "step",
            (
                {
                    "title": step.title,
                    "minutes": step.minutes,
                    "text": step.text,
                    "media": None,
                    "tip": step.tip,
                }
                for step in draft.steps
            ),
        ),
        "pitfalls": stream(key, "pitfalls", "pitfall", map(dataclasses.asdict, draft.pitfalls)),
        "variants": stream(key, "variants", "variant", map(dataclasses.asdict, draft.variants)),
        "success": stream(key, "success", "measure", map(dataclasses.asdict, draft.success)),
        "body": body_stream(draft.body, key),
    }


def stream(key: str, field: str, block_type: str, values: Iterable[Any]) -> Stream:
    """A stream of blocks of one type."""
    return [
        {"type": block_type, "value": value, "id": block_id(key, f"{field}/{position}")}
        for position, value in enumerate(values)
    ]


def body_stream(items: Iterable[BodyItem], key: str, field: str = "body") -> Stream:
    """Sections, paragraphs and tables as blocks of a page's body."""
    return [
        {"type": block_type, "value": value, "id": block_id(key, f"{field}/{position}")}
        for position, (block_type, value) in enumerate(map(_body_block, items))
    ]


def _body_block(item: BodyItem) -> tuple[str, Any]:
    if isinstance(item, BodySection):
        return "section", {"heading": item.heading, "text": item.text}
    if isinstance(item, BodyParagraph):
        return "paragraph", item.text
    return "table", {
        "data": [list(row) for row in item.rows],
        "first_row_is_table_header": True,
        "first_col_is_header": False,
        "table_header_choice": "row",
        "table_caption": item.caption,
    }
