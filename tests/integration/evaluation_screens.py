"""A form as a browser without JavaScript sends it: what the screen shows, with the changes somebody makes."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any


class _Fields(HTMLParser):
    def __init__(self, form_id: str) -> None:
        super().__init__()
        self.form_id = form_id
        self.inside = False
        self.values: list[tuple[str, str]] = []
        self.select: str | None = None
        self.options: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.inside = found.get("id", "") == self.form_id
        if not self.inside:
            return
        name = found.get("name", "")
        if tag == "input" and name and found.get("type") not in {"submit", "file"}:
            if found.get("type") not in {"radio", "checkbox"} or "checked" in found:
                self.values.append((name, found.get("value", "")))
        elif tag == "select":
            self.select, self.options = name, []
        elif tag == "option" and self.select is not None:
            self.options.append((found.get("value", ""), "selected" in found))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self.select is not None:
            chosen = [value for value, selected in self.options if selected]
            first = [value for value, _ in self.options[:1]]
            self.values.extend((self.select, value) for value in (chosen or first)[:1])
            self.select = None
        elif tag == "form":
            self.inside = False


def sent(response: Any, form_id: str = "judging", **changes: Any) -> dict[str, Any]:
    """Values of the form, several under one name as a list, with `changes`."""
    parser = _Fields(form_id)
    parser.feed(response.content.decode())
    found: dict[str, list[str]] = {}
    for name, value in parser.values:
        if name != "csrfmiddlewaretoken":
            found.setdefault(name, []).append(value)
    return {name: values if len(values) > 1 else values[0] for name, values in found.items()} | changes


def mark(page: Any, grade: int | str, anchor: str | None = None) -> dict[str, str]:
    """The change that marks `page`."""
    prefix = f"page-{page.translation_key.hex}"
    found = {f"{prefix}-grade": str(grade)}
    return found if anchor is None else found | {f"{prefix}-anchor": anchor}
