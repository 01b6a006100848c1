"""What an editor takes away is gone with the next question, in both languages; no worker runs in this file.

Every action that hides is tried against every place that shows pages: search, suggestions, related pages, lists, the
sitemap and the pages' own addresses. The index is written once, before; what it then holds is never touched again.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from wagtail.models import Page, PageViewRestriction

from accounts.models import User
from kb.toolbox.models import GuideSectionPage, PracticeGuide
from search.index import services
from search.index.models import IndexedPage
from search.related import compute
from tests.integration.kb.conftest import add, make_private

pytest_plugins = ["tests.integration.kb.conftest"]
pytestmark = pytest.mark.django_db

TEXT = "Ein Netzwerkfrühstück bringt Mitgliedsbetriebe an einen Tisch: Einladung, Kaffee, Vorstellungsrunde."
TEXT_EN = "A networking breakfast brings member companies to one table: invitation, coffee, introductions."
MARK = "Zinnober"
"""Stands in the title and the address of the page that is taken away, in both languages, and nowhere else."""


@pytest.fixture(scope="module")
def indexed_world(once, built_site) -> Iterator[SimpleNamespace]:
    """A guide in a section, German and English, beside public ones that it belongs with; all of it indexed."""
    with once():
        site = SimpleNamespace(**{name: type(v).objects.get(pk=v.pk) for name, v in vars(built_site).items()})
        world = SimpleNamespace(site=site)
        german, english = site.section, site.section_en
        sub = add(german, GuideSectionPage(title="Unterbereich", slug="unterbereich", summary="Bereich"))
        sub_en = add(
            english,
            GuideSectionPage(
                title="Subsection", slug="subsection", summary="Section", locale=english.locale,
                translation_key=sub.translation_key,
            ),
        )  # fmt: skip
        world.sub, world.sub_en = sub, sub_en

        def guide(parent: Page, title: str, text: str, area: Any, **fields: Any) -> Any:
            values = {
                "summary": text, "purpose": f"<p>{text}</p>", "kind": "method", "task_area": area,
                "steps": [("step", {"title": "Ankommen", "minutes": 10, "text": f"<p>{text}</p>", "tip": ""})],
            }  # fmt: skip
            return add(parent, PracticeGuide(title=title, locale=parent.locale, **(values | fields)))

        for number in range(2):
            other = guide(site.toolbox, f"Frühstück {number}", TEXT, site.area)
            other_en = guide(
                site.toolbox_en, f"Breakfast {number}", TEXT_EN, site.area_en,
                translation_key=other.translation_key,
            )  # fmt: skip
        world.other, world.other_en = other, other_en
        world.page = guide(sub, f"{MARK} Netzwerkfrühstück", TEXT, site.area, slug="zinnober-seite")
        world.page_en = guide(
            sub_en, f"{MARK} networking breakfast", TEXT_EN, site.area_en, slug="zinnober-page",
            translation_key=world.page.translation_key,
        )  # fmt: skip
        world.group = Group.objects.create(name="Cluster A")
        world.member = User.objects.create_user("mitglied", "m@example.org", "secret")
        world.member.groups.set([world.group])
        world.closed = add(site.toolbox, GuideSectionPage(title="Zu", slug="zu", summary="Geschlossen"))
        make_private(world.closed)
        services.index_due()
        compute.relate_all()
        yield world


@pytest.fixture
def world(indexed_world: SimpleNamespace, db: None) -> SimpleNamespace:
    fresh = {
        name: type(value).objects.get(pk=value.pk)
        for name, value in vars(indexed_world).items()
        if name != "site"
    }
    return SimpleNamespace(site=indexed_world.site, **fresh)


@pytest.fixture(autouse=True)
def no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever would write the index fails the test."""

    def refuse(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("the index is written by a worker, and there is none")

    monkeypatch.setattr("search.index.writer.write", refuse)
    monkeypatch.setattr("search.index.services.drop_surplus", refuse)
    monkeypatch.setattr("search.tasks.index_page.apply_async", lambda *args, **kwargs: None)


def places(world: SimpleNamespace) -> dict[str, str]:
    """Name -> address of everything that shows pages."""
    found = {"sitemap": "/sitemap.xml"}
    for code, question, typed in (
        ("de", "Netzwerkfrühstück", MARK.lower()[:4]),
        ("en", "networking breakfast", MARK.lower()[:4]),
    ):
        with translation.override(code):
            found[f"ask {code}"] = f"{reverse('ask:search')}?q={question}"
            found[f"suggestions {code}"] = f"{reverse('ask:suggestions')}?q={typed}"
        other = world.other if code == "de" else world.other_en
        found[f"related {code}"] = other.get_url()
        parent = world.sub if code == "de" else world.sub_en
        found[f"list {code}"] = Page.objects.get(pk=parent.pk).get_url()
    return found


def seen(
    world: SimpleNamespace, client: Client | None = None, *, at: dict[str, str] | None = None
) -> set[str]:
    """Places at which the mark is to be seen; `at` where they were before something was moved or deleted."""
    client = client or Client()
    found = set()
    for name, address in (at or places(world)).items():
        response = client.get(address, follow=True)
        if re.search(MARK, response.content.decode().replace(f'value="{MARK}', ""), re.I):
            found.add(name)
    return found


EVERYWHERE = {
    f"{place} {code}" for place in ("ask", "suggestions", "related", "list") for code in ("de", "en")
} | {"sitemap"}


def signed_in(world: SimpleNamespace) -> Client:
    client = Client()
    client.force_login(world.member)
    return client


# --- The actions ----------------------------------------------------------------------------------

Act = Callable[[SimpleNamespace], Any]


def _publish(page: Any, **changes: Any) -> None:
    page = type(page).objects.get(pk=page.pk)
    for name, value in changes.items():
        setattr(page, name, value)
    page.save_revision().publish()


def _move(page: Page, target: Page) -> None:
    Page.objects.get(pk=page.pk).move(Page.objects.get(pk=target.pk), pos="last-child")


def _expire(page: Any) -> None:
    """An end that an editor set, and that passes; the job that takes it down has not run."""
    _publish(page, expire_at=timezone.now() + timedelta(seconds=0.1))
    time.sleep(0.2)


HIDING: dict[str, Act] = {
    "unpublish": lambda world: world.page.unpublish(),
    "unpublish by code, without signals of its own": lambda world: _unpublish_by_saving(world.page),
    "delete": lambda world: world.page.delete(),
    "delete the section": lambda world: Page.objects.get(pk=world.sub.pk).specific.delete(),
    "expire": lambda world: _expire(world.page),
    "close the page to all who are not signed in": lambda world: make_private(world.page),
    "close the page to a group": lambda world: make_private(world.page, world.group),
    "close the section": lambda world: make_private(world.sub),
    "close the section above": lambda world: make_private(world.site.section),
    "move below a closed section": lambda world: _move(world.page, world.closed),
    "move out of the site": lambda world: _move(world.page, Page.get_first_root_node()),
    "move the section out of the site": lambda world: _move(world.sub, Page.get_first_root_node()),
}


def _unpublish_by_saving(page: Any) -> None:
    page.live = False
    page.save()


def test_every_place_shows_it_before(world):
    assert seen(world) == EVERYWHERE


@pytest.mark.parametrize("action", HIDING)
def test_gone_everywhere_with_the_next_question(world, action, django_capture_on_commit_callbacks):
    at = places(world)
    with django_capture_on_commit_callbacks(execute=True):
        HIDING[action](world)
    assert seen(world, at=at) == set()
    assert IndexedPage.objects.filter(pk=world.other.pk).exists(), "the index was there all the time"


@pytest.mark.parametrize("action", ["close the page to a group", "close the section"])
def test_who_may_still_read_it_still_finds_it(world, action, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        HIDING[action](world)
    assert seen(world, signed_in(world)) >= {"ask de", "ask en", "related de", "related en"}


TAKING_AWAY: dict[str, Act] = {
    "a group taken from the member": lambda world: world.member.groups.clear(),
    "the member deactivated": lambda world: User.objects.filter(pk=world.member.pk).update(is_active=False),
    "the group deleted": lambda world: world.group.delete(),
    "the group taken from the restriction": lambda world: PageViewRestriction.objects.get(
        page=world.page
    ).groups.set([Group.objects.create(name="Cluster B")]),
    "the member deleted": lambda world: world.member.delete(),
}


@pytest.mark.parametrize("action", TAKING_AWAY)
def test_rights_taken_away_hold_for_a_session_that_is_open(world, action):
    make_private(world.page, world.group)
    client = signed_in(world)
    assert {"ask de", "ask en"} <= seen(world, client)
    TAKING_AWAY[action](world)
    assert seen(world, client) == set()


# --- What changes an address ----------------------------------------------------------------------

MOVING: dict[str, Act] = {
    "slug of the page": lambda world: _publish(world.page, slug="zinnober-neu"),
    "slug of the section": lambda world: _publish(world.sub, slug="neuer-unterbereich"),
    "slug of the section above": lambda world: _publish(world.site.section, slug="neuer-bereich"),
    "page moved": lambda world: _move(world.page, world.site.toolbox),
    "section moved": lambda world: _move(world.sub, world.site.toolbox),
}


@pytest.mark.parametrize("action", MOVING)
def test_the_new_address_is_given_at_once_and_answers(world, action, django_capture_on_commit_callbacks):
    old = world.page.get_url()
    with django_capture_on_commit_callbacks(execute=True):
        MOVING[action](world)
    new = Page.objects.get(pk=world.page.pk).get_url()
    assert new != old
    client = Client()
    assert client.get(new).status_code == 200
    for name in ("ask de", "suggestions de", "related de", "sitemap"):
        text = client.get(places(world)[name]).content.decode()
        assert new in text, name
        assert f'"{old}' not in text, name


def test_opening_again_shows_it_again_at_once(world, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        restriction = make_private(world.page)
        restriction.delete()
    assert seen(world) == EVERYWHERE


def test_translation_taken_away_leaves_the_source(world, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        world.page_en.unpublish()
    # English readers find the German version.
    assert seen(world) >= {"ask de", "ask en", "suggestions de", "related de", "list de", "sitemap"}
    assert "zinnober-page" not in Client().get(places(world)["ask en"]).content.decode()


def test_alias_goes_with_its_original(world, django_capture_on_commit_callbacks):
    alias = world.page.create_alias(
        parent=Page.objects.get(pk=world.site.toolbox.pk), update_slug="zinnober-alias"
    )
    with django_capture_on_commit_callbacks(execute=True):
        PracticeGuide.objects.get(pk=world.page.pk).unpublish()
    assert not Page.objects.get(pk=alias.pk).live
    assert seen(world) == set()
