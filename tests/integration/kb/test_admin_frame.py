"""What Wagtail's own screens show around our pages."""

import re

from django.urls import reverse
from wagtail.search.backends import get_search_backend


def test_the_list_of_the_sites_opens_for_who_may_change_sites(client, people, site):
    people.reviewer.is_superuser = True
    people.reviewer.save()
    client.force_login(people.reviewer)
    assert client.get(reverse("wagtailadmin_explore_root")).status_code == 200


def test_the_admins_search_names_nothing_that_has_no_name(client, people, site):
    get_search_backend().add(site.toolbox)
    client.force_login(people.reviewer)
    html = client.get(reverse("wagtailadmin_pages:search"), {"q": site.toolbox.title}).content.decode()
    assert "passende" in html and not re.search(r"\d\s+None\b", html)
