"""A screen of the admin says what it is, to the tab of the browser and to who listens: Wagtail's frame takes both from
one value and says nothing where that is missing."""

import re

import pytest
from django.urls import reverse
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Site

from kb.core import context_processors
from kb.core.models import SiteIdentity


@pytest.mark.parametrize(
    ("name", "about_a_guide"),
    [
        ("lotse_before_publishing", True),
        ("lotse_found", True),
        ("lotse_related_pages", True),
        ("lotse_guide_from_file", False),
    ],
)
def test_a_screen_has_a_title_and_a_heading(client, people, site, make_guide, name, about_a_guide):
    client.force_login(people.reviewer)
    page = make_guide() if about_a_guide else site.toolbox
    html = client.get(reverse(name, args=[page.pk])).content.decode()
    title = re.search(r"<title>(.*?)</title>", html, re.S)[1].strip()
    heading = re.search(r"<h1[^>]*>(.*?)</h1>", html, re.S)
    assert not title.startswith("-")
    assert heading and heading[1].strip()


def test_the_admin_has_the_sites_name_and_logo_and_asks_nothing_of_its_menu(
    client, people, site, monkeypatch
):
    identity = SiteIdentity.for_site(Site.objects.get(is_default_site=True))
    identity.site_name = "Leuchtfeuer"
    identity.logo = get_image_model().objects.create(
        title="Logo", file=get_test_image_file(filename="leuchtfeuer.png"), alt_de="Logo", alt_en="Logo"
    )
    identity.save()
    monkeypatch.setattr(
        context_processors, "_navigation", lambda request: pytest.fail("the menu was asked for")
    )
    client.force_login(people.reviewer)
    html = client.get(reverse("wagtailadmin_home")).content.decode()
    assert re.search(r"<title>.*Leuchtfeuer.*</title>", html, re.S)
    assert re.search(r"<h1[^>]*>\s*Leuchtfeuer", html)
    assert re.search(r"data-wagtail-sidebar-branding-logo><img[^>]*/leuchtfeuer", html)
