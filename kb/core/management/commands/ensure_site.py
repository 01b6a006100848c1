"""Make the pages of a new site."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand

from kb.core.site_tree import ensure_site


class Command(BaseCommand):
    help = "Make locales, home pages, sections, roles and workflow where there are none. Safe to run at every start."

    def handle(self, *args: Any, **options: Any) -> None:
        address = urlsplit(settings.WAGTAILADMIN_BASE_URL)
        made = ensure_site(
            hostname=address.hostname or "localhost",
            port=address.port or (443 if address.scheme == "https" else 80),
            site_name=settings.WAGTAIL_SITE_NAME,
        )
        self.stdout.write("Made the pages of a new site." if made else "The site is there.")
