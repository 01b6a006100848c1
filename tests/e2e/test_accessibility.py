"""Every page type in both languages and colour schemes: axe finds nothing, nothing moves, sticks out or is untranslated,
and what a first visit transfers stays small (tests/audit)."""

import pytest
from playwright.sync_api import Browser

from tests.audit import budgets, markup, measure, visit

# The first test of a run waits for the site's first start.
pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]


def test_every_page_type_keeps_to_the_budgets(site, browser: Browser):
    rows = visit.every_page_type(browser, site.address, timed=False, var=site.var)
    assert sum(path.startswith("/de/") for path in rows) >= 25, list(rows)
    assert sum(path.startswith("/en/") for path in rows) >= 20, list(rows)
    broken = [f"{path}: {one}" for path, row in rows.items() for one in budgets.broken(row, timed=False)]
    assert not broken, "\n".join(broken)


def test_what_the_audit_looks_for_it_finds(site, browser: Browser):
    """A page with one fault of each kind; without it, no finding might mean that nobody looked."""
    context = browser.new_context(locale="de-DE", bypass_csp=True)
    answer = context.request.get(f"{site.address}/de/impressum/").text()
    faults = """
      <p>Die Karte ist mit dem Schiff und der Karte nicht zu sehen.</p>
      <p>The page is not on this site and it is not to be found.</p>
      <button>Ask a question</button>
      <p lang="en">The page is not on this site and it is not to be found.</p>
      <p class="pale">Kaum zu sehen</p><img src="/media/none.png"><input type="text">
      <div class="wide">breit</div>
      <style>.pale { color: #ddd; background: #fff } .wide { width: 90rem }</style>
      <script>setTimeout(() => document.querySelector("main").prepend(document.createElement("hr")), 50); broken()</script>
    """
    html = answer.replace("</main>", faults + "</main>")
    context.route("**/de/impressum/", lambda route: route.fulfill(body=html, content_type="text/html"))
    row = measure.page(context, site.address, "/de/impressum/", "de", "light")
    context.close()
    assert any("broken is not defined" in error for error in row["errors"])
    assert {"image-alt", "color-contrast", "label"} <= {one.split(":")[0] for one in row["axe"]}
    assert any(one.startswith("dark: color-contrast") for one in row["axe"])
    assert row["texts"] == ["The page is not on this site and it is not to be found.", "Ask a question"]
    assert any(
        "autocomplete" in one for one in markup.check({"x": "<input type=checkbox autocomplete=off>"})["x"]
    )
    assert row["overflow_px"] > 0
    assert row["layout_shift"] > 0
