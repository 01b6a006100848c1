"""Name, operator and funder of the demo site."""

from __future__ import annotations

import hashlib

from wagtail.models import Site

from demo.loader.records import Records
from kb.core.models import SiteIdentity

VALUES = {
    "site_name": "Lotse",
    "operator": "Clusterbüro Musterhafen (erfunden)",
    "contact_email": "lotse@example.org",
    "funder_text_de": "Gefördert durch ein erfundenes Programm – nur zur Demonstration.",
    "funder_text_en": "Funded by an invented programme – for demonstration only.",
    "demo_banner": True,
}


def load_identity(*, records: Records) -> None:
    """Fill the settings once; what an administrator changes afterwards stays."""
    digest = hashlib.sha256(repr(sorted(VALUES.items())).encode()).hexdigest()
    if records.knows("settings", digest):
        return
    for site in Site.objects.all():
        SiteIdentity.objects.update_or_create(site=site, defaults=VALUES)
    records.keep("settings", digest)
