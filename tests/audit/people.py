"""The demo's people, where the site that is looked at runs on this machine."""

import json
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page

VAR = Path(os.environ.get("LOTSE_VAR", Path(__file__).parents[2] / "var"))


def folder_of(site: str) -> Path | None:
    """The data folder of the site at this address, if it is one on this machine."""
    return VAR if urlsplit(site).hostname in ("localhost", "127.0.0.1") else None


def passwords(var: Path | None) -> dict[str, str]:
    """User -> password, from the data folder of the site; none for a site elsewhere, or without the demo."""
    logins = var / "demo-logins.json" if var else None
    if logins is None or not logins.exists():
        return {}
    return {login["username"]: login["password"] for login in json.loads(logins.read_text())}


def sign_in(page: Page, site: str, user: str, var: Path) -> None:
    """Exits with a sentence where the site does not take the login."""
    page.goto(f"{site}/de/anmelden/")
    page.fill("[name=username]", user)
    page.fill("[name=password]", passwords(var).get(user, ""))
    page.locator("main button[type=submit]").click()
    page.wait_for_load_state()
    if "/anmelden/" in page.url:
        sys.exit(f"«{user}» could not sign in: {var / 'demo-logins.json'} does not fit {site}.")
