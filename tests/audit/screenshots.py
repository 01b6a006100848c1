"""`python -m tests.audit.screenshots --url …`: pictures of the screens. `--docs` renews those that docs/ shows; else
every page type in four ways (desk, phone, day and night, both languages) and on paper is laid into a folder to be
looked at."""

import argparse
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.audit import people, visit
from tests.e2e.conftest import CHROMIUM

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs" / "images"
COLOURS = 128
"""Of a picture in docs: half the bytes, and the eye sees no difference on flat colours."""
GUIDE = "/de/werkzeugkasten/cross-innovation-workshop/"
WAYS = {
    "desk": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "phone-night": {"viewport": {"width": 320, "height": 640}, "color_scheme": "dark"},
}


@dataclass(frozen=True)
class Screen:
    """A picture of docs: where, who is signed in (a demo login), and what is done before it is taken."""

    path: str
    user: str = ""
    do: Callable[[Page], None] = lambda page: None
    size: tuple[int, int] = (1280, 800)


def _to_the_course(page: Page) -> None:
    page.get_by_role("heading", name="Ablauf").first.evaluate("e => e.scrollIntoView()")
    page.evaluate("scrollBy(0, -140)")


def _to_the_form(page: Page) -> None:
    page.locator("a.tool[href*='/admin/pages/']").click()
    page.wait_for_load_state("networkidle")
    _to_the_course(page)


def _with_the_clock(page: Page) -> None:
    page.get_by_label("Beginn").fill("09:30")
    page.get_by_role("button", name="Uhr starten").click()
    _to_the_course(page)


def _to_a_judgement(page: Page) -> None:
    page.locator("main a[href*='/judge/']:not([href$='/judge/'])").first.click()
    page.wait_for_load_state("networkidle")


SCREENS = {
    "question": Screen("/de/suche/?q=Wie+bekomme+ich+Unternehmen+aus+zwei+Branchen+an+einen+Tisch%3F"),
    "toolbox": Screen("/de/werkzeugkasten/?time=240&costs=low"),
    "guide": Screen(GUIDE, size=(1280, 1100)),
    "workshop": Screen(GUIDE, do=_with_the_clock, size=(390, 844)),
    "editor": Screen(GUIDE, user="redaktion", do=_to_the_form),
    "judging": Screen("/admin/search-quality/", user="redaktion", do=_to_a_judgement, size=(1280, 900)),
}


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./lotse screenshots")
    parser.add_argument(
        "--url", default="http://localhost:8000", help="site to show (the one that runs here)"
    )
    parser.add_argument("--docs", nargs="*", metavar="NAME", help=f"renew docs/images: {', '.join(SCREENS)}")
    parser.add_argument(
        "--to", type=Path, default=people.VAR / "screenshots", help="folder (var/screenshots)"
    )
    parser.add_argument("--only", help="pages whose path (or what is said of it) contains this text")
    wanted = parser.parse_args(words)
    if unknown := set(wanted.docs or ()) - SCREENS.keys():
        parser.error(f"no such picture: {', '.join(sorted(unknown))}")
    site = wanted.url.rstrip("/")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        taken = (
            _every_page_type(browser, site, wanted.to, wanted.only or "")
            if wanted.docs is None
            else _of_docs(browser, site, wanted.docs or list(SCREENS))
        )
        browser.close()
    print(*taken, sep="\n")
    return 0


def _of_docs(browser: Browser, site: str, names: list[str]) -> list[Path]:
    taken = []
    for name in names:
        screen, file = SCREENS[name], DOCS / f"{name}.png"
        width, height = screen.size
        context = browser.new_context(locale="de-DE", viewport={"width": width, "height": height})
        page = context.new_page()
        if screen.user:
            people.sign_in(page, site, screen.user, people.VAR)
        page.goto(site + screen.path)
        screen.do(page)
        page.wait_for_timeout(600)
        page.screenshot(path=file)
        context.close()
        Image.open(file).convert("RGB").quantize(COLOURS).save(file, optimize=True)
        taken.append(file)
    return taken


def _every_page_type(browser: Browser, site: str, folder: Path, only: str) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    taken = []
    for way, options in WAYS.items():
        for language in ("de", "en"):
            for context, stop in visit.each(browser, site, language, options, people.folder_of(site), only):
                page = context.new_page()
                page.goto(site + stop.path)
                if stop.do is not None:
                    with page.expect_navigation():
                        stop.do(page)
                name = re.sub(r"\W+", "-", stop.name).strip("-")
                taken.append(folder / f"{name}-{way}.png")
                page.screenshot(path=taken[-1], full_page=True)
                if way == "desk":
                    page.pdf(path=folder / f"{name}.pdf", format="A4")
                page.close()
    return taken


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
