"""One page in one browser: what it transfers, when it stands, whether it moves, and what axe finds."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page

from tests.audit import texts

ROOT = Path(__file__).parents[2]
AXE = ROOT / "site" / "assets" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OF_COLOUR = ["color-contrast", "link-in-text-block"]
OTHER_SCHEME = {"light": "dark", "dark": "light"}
NARROW = {"width": 320, "height": 256}
"""1280 x 1024 enlarged to 400 % (WCAG 1.4.10)."""

SETTLED_MS = 200
"""After the page is loaded, for what scripts and fonts still change."""

OBSERVERS = """
window.audit = {largest: 0, shift: 0, long: 0};
new PerformanceObserver(list => { for (const e of list.getEntries()) audit.largest = e.startTime; })
  .observe({type: "largest-contentful-paint", buffered: true});
new PerformanceObserver(list => { for (const e of list.getEntries()) if (!e.hadRecentInput) audit.shift += e.value; })
  .observe({type: "layout-shift", buffered: true});
new PerformanceObserver(list => { for (const e of list.getEntries()) audit.long += e.duration; })
  .observe({type: "longtask", buffered: true});
"""

PICTURES_BELOW = """
[...document.querySelectorAll("img[loading=lazy]")]
  .filter(image => image.getBoundingClientRect().top >= innerHeight).map(image => image.currentSrc)
"""
"""What the browser fetches ahead of somebody who scrolls; it is no part of what the first screen needs."""


def page(
    context: BrowserContext,
    site: str,
    path: str,
    language: str,
    scheme: str,
    do: Callable[[Page], None] | None = None,
) -> dict[str, Any]:
    """Visit `path` for the first time. Returns the figures of budgets.BUDGETS, lists of findings, and `html`; findings
    and `html` are of the page to which `do` leads.

    axe runs with all rules in `scheme`, and with those about colour in the other one.
    """
    tab = context.new_page()
    tab.emulate_media(color_scheme=scheme)
    tab.add_init_script(OBSERVERS)
    network = context.new_cdp_session(tab)
    network.send("Network.enable")
    network.send("Network.setCacheDisabled", {"cacheDisabled": True})
    addresses: dict[str, str] = {}
    sizes: dict[str, float] = {}
    network.on(
        "Network.requestWillBeSent",
        lambda event: addresses.__setitem__(event["requestId"], event["request"]["url"]),
    )
    network.on(
        "Network.loadingFinished",
        lambda event: sizes.__setitem__(event["requestId"], event["encodedDataLength"]),
    )
    errors: list[str] = []
    tab.on("pageerror", lambda error: errors.append(f"a script failed: {error}"))
    tab.on("requestfailed", lambda request: errors.append(f"not loaded: {request.url}"))
    answer = tab.goto(site + path)
    assert answer is not None
    tab.wait_for_timeout(SETTLED_MS)
    figures = tab.evaluate("window.audit")
    below = set(tab.evaluate(PICTURES_BELOW))
    fetched = {
        key: size for key, size in sizes.items() if size and addresses.get(key, "")[:5] not in ("", "data:")
    }
    if do is not None:
        with tab.expect_navigation() as led:
            do(tab)
        answer = led.value
        tab.wait_for_timeout(SETTLED_MS)
    first = [size for key, size in fetched.items() if addresses[key] not in below]
    row: dict[str, Any] = {
        "kilobytes": round(sum(first) / 1000, 1),
        "requests": len(first),
        "all_kilobytes": round(sum(fetched.values()) / 1000, 1),
        "all_requests": len(fetched),
        "largest_paint_ms": round(figures["largest"]),
        "layout_shift": round(figures["shift"], 4),
        "long_tasks_ms": round(figures["long"]),
        "texts": texts.in_the_other_language(tab, language),
        "errors": errors,
        "html": answer.text(),
    }
    row["axe"] = _axe(tab, {"runOnly": RULES})
    tab.emulate_media(color_scheme=OTHER_SCHEME[scheme])
    row["axe"] += [f"{OTHER_SCHEME[scheme]}: {one}" for one in _axe(tab, {"runOnly": OF_COLOUR})]
    tab.set_viewport_size(NARROW)
    row["overflow_px"] = tab.evaluate("Math.max(0, document.documentElement.scrollWidth - innerWidth)")
    tab.close()
    return row


def _axe(tab: Any, options: dict[str, Any]) -> list[str]:
    if not tab.evaluate("'axe' in window"):
        tab.add_script_tag(path=str(AXE))
    # Of all that axe looked at only this comes back: the rest is most of the time.
    found = tab.evaluate("options => axe.run(options).then(found => found.violations)", options)
    return [f"{rule['id']}: {rule['nodes'][0]['html'][:160]}" for rule in found]
