"""The site's public pages and judged questions as a collection: the same text for all, the product's screens for nobody.

Keywords go to the end of a page's first passage; facets, links and restrictions stay behind.
"""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any


def write(folder: Path) -> Path:
    """Texts and questions of the site whose settings are in force. Returns the folder. Raises Refused."""
    from search.evaluation.sources import of_site

    found = of_site(model=None, say=lambda text: None)
    from wagtail.models import Page

    from search.index import content
    from search.index.models import IndexedPage
    from search.reader import ANONYMOUS
    from search.visibility import visible_to

    open_pages = visible_to(Page.objects.all(), ANONYMOUS).values("pk")
    texts: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in IndexedPage.objects.filter(page_id__in=open_pages).exclude(kind="").order_by("page_id"):
        page = content.load(row.page_id)
        if page is not None and page.passages:
            texts[page.language].append(
                {"id": str(page.translation_key), "title": page.title, "text": _markdown(page)}
            )
    there = {row["id"] for rows in texts.values() for row in rows}
    queries: dict[str, list[dict[str, str]]] = defaultdict(list)
    grades: list[str] = []
    for question in found.questions:
        wanted = {key: grade for key, grade in question.wanted.items() if key in there}
        if question.member or not wanted:
            continue
        queries[question.language].append({"id": question.id, "text": question.text, "split": question.split})
        grades += [f"{question.id}\t{key}\t{grade}" for key, grade in wanted.items()]
    folder.mkdir(parents=True, exist_ok=True)
    for kind, by_language in (("corpus", texts), ("queries", queries)):
        for language, rows in by_language.items():
            lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            (folder / f"{kind}.{language}.jsonl").write_text(lines)
    (folder / "qrels.tsv").write_text("\n".join(grades) + "\n")
    return folder


def _markdown(page: Any) -> str:
    """Sections that CollectedPage cuts where the page was cut."""
    parts = []
    for number, passage in enumerate(page.passages):
        lines = [
            f"{'#' * level} {heading}" for level, heading in enumerate(passage.heading_path[:6], start=1)
        ]
        lines += [f" {line}" if line.startswith("#") else line for line in passage.text.splitlines()]
        if number == 0 and page.keywords:
            lines.append(page.keywords)
        parts.append("\n".join(lines))
    return "\n\n".join(parts)
