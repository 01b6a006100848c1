"""`python -m tests.audit --url …`: every page type in both languages, as a table or JSON. 1 when a budget is broken."""

import argparse
import json
import sys

from playwright.sync_api import sync_playwright

from tests.audit import budgets, people, visit
from tests.e2e.conftest import CHROMIUM

COLUMNS = {
    "kilobytes": "kB",
    "requests": "req",
    "largest_paint_ms": "LCP ms",
    "layout_shift": "CLS",
    "long_tasks_ms": "long ms",
    "overflow_px": "over px",
}


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./lotse audit")
    parser.add_argument(
        "--url", default="http://localhost:8000", help="site to look at (the one that runs here)"
    )
    parser.add_argument("--only", help="pages whose path (or what is said of it) contains this text")
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args(words)
    site = wanted.url.rstrip("/")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        rows = visit.every_page_type(browser, site, only=wanted.only or "", var=people.folder_of(site))
        browser.close()
    failed = {path: found for path, row in rows.items() if (found := budgets.broken(row))}
    if wanted.json:
        print(
            json.dumps(
                {"budgets": budgets.BUDGETS, "pages": rows, "broken": failed}, indent=2, ensure_ascii=False
            )
        )
    else:
        print(_table(rows))
        for path, found in failed.items():
            print(f"\n{path}", *found, sep="\n  ")
        print(f"\n{len(rows)} pages, {len(failed)} of them beyond what is allowed")
    return 1 if failed else 0


def _table(rows: dict[str, dict]) -> str:
    width = max((len(path) for path in rows), default=4)
    lines = [f"{'page':<{width}}" + "".join(f"{title:>9}" for title in COLUMNS.values()) + "  findings"]
    for path, row in rows.items():
        findings = ", ".join(f"{len(row[name])} {name}" for name in budgets.LISTS if row[name])
        lines.append(
            f"{path:<{width}}" + "".join(f"{row[name]:>9g}" for name in COLUMNS) + f"  {findings or '–'}"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
