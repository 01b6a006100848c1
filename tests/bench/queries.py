"""How many SQL statements each page type takes, for a visitor and for a member, caches warm; nothing kept."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings


def measure() -> dict[str, object]:
    """Ask for one page of each type in each language through Django's own client; counts of the second request."""
    from django.contrib.auth import get_user_model
    from wagtail.models import Page, Site

    host = Site.objects.get(is_default_site=True).hostname
    member = Client()
    member.force_login(get_user_model().objects.get(username="mitglied"))
    counts: dict[str, object] = {}
    with override_settings(ALLOWED_HOSTS=["*"], VISITOR_PAGES_SECONDS=0):
        for language in ("de", "en"):
            addresses = {"search": "/de/suche/?q=Mitglieder" if language == "de" else "/en/search/?q=members"}
            pages = Page.objects.live().public().filter(locale__language_code=language, depth__gt=1)
            for page in pages.order_by("content_type_id", "pk").distinct("content_type_id").specific():
                addresses[type(page).__name__] = page.url.removeprefix(f"http://{host}")
            for name, address in addresses.items():
                counts[f"{name} {language}"] = {
                    "visitor": _count(Client(), address),
                    "member": _count(member, address),
                }
    return counts


def _count(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return len(captured)
