"""The steps, pitfalls, variants and measures that a section holds."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kb.toolbox.markdown.draft import Measure, Pitfall, Reading, Step, Variant
from kb.toolbox.markdown.facts import read_duration
from kb.toolbox.markdown.outline import Block, Item, Node, render, text_of
from kb.toolbox.markdown.summary import cut_at_word

# What the page's fields hold.
TITLE_CHARACTERS = 120
PROBLEM_CHARACTERS = 200
MEASURE_CHARACTERS = 160
TIP_CHARACTERS = 600
ITEM_CHARACTERS = 300

BRACKETS = re.compile(r"\s*\(([^()]*)\)\s*$")
TIP = re.compile(r"^<p>(?:<b>)?((?:Tipp|Tip)\s*:)(?:</b>)?\s*", re.IGNORECASE)
BOLD_LEAD = re.compile(r"^<b>(?P<title>[^<]+?)\s*(?::\s*</b>|</b>\s*:?)\s*(?P<rest>.*)$", re.DOTALL)
PLAIN_LEAD = re.compile(r"^(?P<title>[^<.!?:;]{3,80}):\s+(?P<rest>.*)$", re.DOTALL)

MEASURE_HEADERS = {
    "indicator": ("indikator", "indicator", "kennzahl", "metric"),
    "question": ("frage", "question"),
    "scale": ("skala", "scale", "zielwert", "target"),
}


def read_steps(node: Node) -> tuple[list[Step], list[Reading]]:
    """The steps below a heading: one for each subheading, else numbered item, else paragraph “Title: …”, else one."""
    readings: list[Reading] = []
    if node.children:
        steps = [Step(_short(node.heading), _html(node.blocks))] if node.blocks else []
        for child in node.children:
            title, minutes = read_minutes(child.heading, readings)
            text, tip = read_tip(child, readings)
            steps.append(_step(title, text, minutes, tip))
        return steps, readings
    if any(map(_is_course, node.blocks)):
        return _numbered(node), readings
    leads = [_lead(block.html[3:-4]) if block.kind == "paragraph" else None for block in node.blocks]
    if sum(lead is not None for lead in leads) > 1:
        return _led(node, leads), readings
    return [_step(node.heading, _html(node.blocks))], readings


def read_minutes(heading: str, readings: list[Reading]) -> tuple[str, int | None]:
    """("Ankommen", 15) of "Ankommen (15 min)"; brackets that hold no single duration stay in the title."""
    if found := BRACKETS.search(heading):
        limits = read_duration(found[1]) if re.search(r"[a-zA-Z]", found[1]) else None
        if limits and limits[0] is not None and limits[0] == limits[1]:
            readings.append(Reading(found[1], "minutes of a step"))
            return heading[: found.start()], limits[0]
    return heading, None


def read_tip(node: Node, readings: list[Reading]) -> tuple[str, str]:
    """(rich text, tip) of a step: a last paragraph that begins with “Tipp:” is its tip."""
    last = node.blocks[-1] if node.blocks and not node.children else None
    found = TIP.match(last.html) if last else None
    if last is None or found is None or len(text_of(last.html)) > TIP_CHARACTERS:
        return render(node, ()), ""
    readings.append(Reading(found[1], "tip of a step"))
    return _html(node.blocks[:-1]), text_of(last.html[found.end() :])


def read_pitfalls(node: Node) -> list[Pitfall] | None:
    """One for each subheading; None where the section is built otherwise."""
    if node.blocks or any(child.empty or len(child.heading) > PROBLEM_CHARACTERS for child in node.children):
        return None
    return [Pitfall(child.heading, render(child, ())) for child in node.children] or None


def read_variants(node: Node) -> list[Variant] | None:
    """One for each subheading; None where the section is built otherwise."""
    if node.blocks or any(child.empty or len(child.heading) > TITLE_CHARACTERS for child in node.children):
        return None
    return [Variant(child.heading, render(child, ())) for child in node.children] or None


def read_measures(node: Node) -> tuple[list[Measure], list[Reading]] | None:
    """The rows of a table with the header indicator, question, scale; None for anything else."""
    if node.children or len(node.blocks) != 1 or node.blocks[0].kind != "table":
        return None
    header, *rows = node.blocks[0].rows
    names = [
        next((name for name, words in MEASURE_HEADERS.items() if cell.lower() in words), None)
        for cell in header
    ]
    if None in names or "indicator" not in names or len(set(names)) != len(names):
        return None
    if any(len(cell) > MEASURE_CHARACTERS for row in rows for cell in row):
        return None
    measures = [Measure(**dict(zip(names, row, strict=True))) for row in rows]  # type: ignore[arg-type]
    return measures, [Reading(cell, "measure of success") for cell in header]


def read_items(node: Node) -> list[str] | None:
    """The lines of a section made of flat lists and short paragraphs; None where it is more than that."""
    if node.children or not any(block.kind == "list" for block in node.blocks):
        return None
    lines: list[str] = []
    for block in node.blocks:
        if block.kind == "list" and all(item.plain for item in block.items):
            lines.extend(text_of(item.line) for item in block.items)
        else:
            return None
    return lines if all(len(line) <= ITEM_CHARACTERS for line in lines) else None


def _is_course(block: Block) -> bool:
    """A numbered list whose items say more than a title does."""
    return (
        block.ordered
        and len(block.items) > 1
        and all(_lead(item.line) or _is_long(item) for item in block.items)
    )


def _is_long(item: Item) -> bool:
    return not item.plain or len(text_of(item.line)) > TITLE_CHARACTERS


def _numbered(node: Node) -> list[Step]:
    steps: list[Step] = []
    before: list[Block] = []
    for block in node.blocks:
        if _is_course(block):
            if before:
                steps.append(_step(node.heading, _html(before)))
                before = []
            for item in block.items:
                lead = _lead(item.line)
                rest = item.html.removeprefix(item.line)
                if lead:
                    steps.append(_step(lead[0], _wrapped(lead[1] + rest)))
                else:
                    steps.append(_titled(text_of(item.line), _wrapped(rest), whole=_wrapped(item.html)))
        elif steps:
            steps[-1] = _appended(steps[-1], block.html)
        else:
            before.append(block)
    return steps


def _led(node: Node, leads: Sequence[tuple[str, str] | None]) -> list[Step]:
    steps: list[Step] = []
    for block, lead in zip(node.blocks, leads, strict=True):
        if lead:
            steps.append(_step(lead[0], _wrapped(lead[1])))
        elif steps:
            steps[-1] = _appended(steps[-1], block.html)
        else:
            steps.append(_step(node.heading, block.html))
    return steps


def _lead(html: str) -> tuple[str, str] | None:
    """(title, rest) of “<b>Title</b> rest” or “Title: rest”."""
    found = BOLD_LEAD.match(html) or PLAIN_LEAD.match(html)
    if found is None or not (title := text_of(found["title"])) or len(title) > TITLE_CHARACTERS:
        return None
    return title, found["rest"]


def _titled(line: str, rest: str, *, whole: str) -> Step:
    return Step(line, rest) if len(line) <= TITLE_CHARACTERS else Step(_short(line), whole)


def _step(title: str, text: str, minutes: int | None = None, tip: str = "") -> Step:
    if len(title) > TITLE_CHARACTERS:
        text = f"<p><b>{title}</b></p>{text}"
    return Step(_short(title), text, minutes, tip)


def _appended(step: Step, html: str) -> Step:
    return Step(step.title, step.text + html, step.minutes, step.tip)


def _short(title: str) -> str:
    return cut_at_word(title, TITLE_CHARACTERS)


def _wrapped(html: str) -> str:
    html = re.sub(r"^(?:\s*<br/>)+", "", html).strip()
    if not html:
        return ""
    inline, mark, blocks = re.match(r"(.*?)(<(?:p|ul|ol)>|$)(.*)$", html, re.DOTALL).groups()  # type: ignore[union-attr]
    return (f"<p>{inline}</p>" if inline.strip() else "") + mark + blocks


def _html(blocks: Sequence[Block]) -> str:
    return "".join(block.html for block in blocks)
