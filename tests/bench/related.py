"""What the stored relations of the demo content are worth, on pairs judged by reading (related_pairs.txt).

`python -m tests.bench.related` with the settings and database of a site that has the demo content.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

PAIRS = Path(__file__).parent / "related_pairs.txt"
DEPTH = 5
"""nearest pages of each that are looked at"""


def judged() -> dict[str, dict[str, dict[str, int]]]:
    """part -> page -> other page -> grade"""
    found: dict[str, dict[str, dict[str, int]]] = {}
    for line in PAIRS.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            part = found.setdefault(line.strip("[]"), {})
        elif line and not line.startswith("#"):
            page, _, others = line.rpartition(": ")
            pairs = [other.strip().rpartition(" ") for other in others.split("; ")]
            part[page] = {title: int(grade) for title, _, grade in pairs}
    return found


def measure() -> dict[str, object]:
    """Per part: pairs shown, and shares that belong, are fair, are bad; pairs that nobody judged; seconds."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "select p.title, o.title from search_relation r join search_indexedpage p on p.page_id = r.page_id "
            "join search_indexedpage o on o.page_id = r.other_id where p.language = 'de' and o.language = 'de' "
            "order by r.page_id, r.score desc, r.other_id"
        )
        stored = defaultdict(list)
        for page, other in cursor.fetchall():
            stored[page].append(other)
    results: dict[str, object] = {}
    for part, pages in judged().items():
        shown = [(page, other) for page in pages for other in stored[page][:DEPTH]]
        grades = [pages[page][other] for page, other in shown if other in pages[page]]
        results[part] = {
            "pages": len(pages),
            "shown": len(shown),
            "not judged": len(shown) - len(grades),
            "belong": round(grades.count(2) / max(1, len(grades)), 3),
            "fair": round(grades.count(1) / max(1, len(grades)), 3),
            "bad": round(grades.count(0) / max(1, len(grades)), 3),
        }
    return results


def main() -> None:
    import django

    django.setup()
    for part, figures in measure().items():
        print(part, figures)


if __name__ == "__main__":
    main()
