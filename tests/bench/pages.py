"""How long a page takes through HTTP on a running site: rendered, and kept for visitors, beside /healthz in the same run."""

import time
import urllib.request
from urllib.parse import urlsplit

from tests.bench.figures import percentiles

ROUNDS = 10
RENDERED = {"Cookie": "messages=measuring"}
"""With something to be said once, no page is kept (kb/core/visitor_pages.py)."""


def measure(address: str) -> dict[str, object]:
    """One page of each type in each language, in turns."""
    from wagtail.models import Page

    found: dict[str, object] = {}
    baseline: list[float] = []
    for language in ("de", "en"):
        pages = Page.objects.live().public().filter(locale__language_code=language, depth__gt=1)
        for page in pages.order_by("content_type_id", "pk").distinct("content_type_id").specific():
            url = address + urlsplit(page.url).path
            rendered, kept = [], []
            _seconds(url, {})
            for _ in range(ROUNDS):
                rendered.append(_seconds(url, RENDERED))
                kept.append(_seconds(url, {}))
                baseline.append(_seconds(f"{address}/healthz", {}))
            name = f"{type(page).__name__} {language}"
            found |= {f"{name}, rendered": percentiles(rendered), f"{name}, kept": percentiles(kept)}
    return found | {"baseline /healthz": percentiles(baseline)}


def _seconds(url: str, headers: dict[str, str]) -> float:
    began = time.perf_counter()
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=60) as answer:
        answer.read()
    return time.perf_counter() - began
