"""A page that arrives in pieces: what is painted while it is still read stays where it is."""

import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser

from tests.audit.measure import OBSERVERS, SETTLED_MS

# The first test of a run waits for the site's first start.
pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

LINES, PAUSE_S = 4, 0.02
"""Longer than the browser takes to paint what it has."""
SHORT_PAGES = ["/de/anmelden/", "/de/gibt-es-nicht/", "/en/we-did-this/{guide}/", "/de/leichte-sprache/"]


@pytest.fixture
def in_pieces(site):
    """Address of the site behind a line that brings a few lines of HTML at a time."""

    class Piecewise(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            try:
                answer = urllib.request.urlopen(site.address + self.path)
            except urllib.error.HTTPError as refused:
                answer = refused
            body, kind = answer.read(), answer.headers["Content-Type"]
            lines = body.splitlines(keepends=True) if kind.startswith("text/html") else [body]
            self.send_response(answer.status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            for start in range(0, len(lines), LINES):
                self.wfile.write(b"".join(lines[start : start + LINES]))
                self.wfile.flush()
                time.sleep(PAUSE_S if len(lines) > 1 else 0)

        def log_message(self, *args):
            """Nothing: the test says what it found."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Piecewise)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("viewport", [(1280, 900), (390, 844)], ids=["desk", "phone"])
def test_nothing_moves_while_a_short_page_arrives(site, in_pieces, browser: Browser, viewport):
    """On a short page the footer stands on the window's edge; half of it must not be seen to grow."""
    page = browser.new_page(viewport={"width": viewport[0], "height": viewport[1]})
    page.goto(f"{site.address}/de/werkzeugkasten/barcamp/")
    guide = page.locator("main a[href*='/das-haben-wir-gemacht/']").get_attribute("href").split("/")[-2]
    page.add_init_script(OBSERVERS)
    moved = {}
    for path in SHORT_PAGES:
        page.goto(in_pieces + path.format(guide=guide))
        page.wait_for_timeout(SETTLED_MS)
        moved[path] = page.evaluate("window.audit.shift")
    page.close()
    assert moved == dict.fromkeys(SHORT_PAGES, 0)
