"""What a reader may not see leaves no trace anywhere: the site is, to the byte, the one without it.

A site is built on which public pages point to hidden ones in every way there is. It is read three times: with
everything public (so that each place is known to be able to show them), with the pages hidden, and with the hidden
pages deleted. The second and the third reading must be equal.
"""

from __future__ import annotations

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from wagtail.documents import get_document_model
from wagtail.models import Locale, Page, PageViewRestriction

from accounts.models import User
from kb.clusters.models import CasePage, ClusterPage, FieldPage, NeedOfferPage
from kb.core.models import NewsPage, TaskArea
from kb.core.roles import ensure_roles
from kb.core.site_tree import ensure_site, page_of
from kb.toolbox.models import GuideSectionPage, PracticeGuide, TemplatePage
from search.index import services
from search.related import compute
from tests.integration.kb.conftest import add, make_private

pytestmark = pytest.mark.django_db

MARK = "zinnober"
"""Stands in every text, title and address of what is hidden, and nowhere else."""
WAYS = ["login", "group", "draft", "expired", "below"]
NEAR = "Netzwerkfrühstück mit Mitgliedsbetrieben: Einladung, Kaffee und eine Vorstellungsrunde."
NEAR_EN = "Networking breakfast with member companies: invitation, coffee and a round of introductions."
QUESTIONS = ["Netzwerkfrühstück", "networking breakfast"]


def body(text):
    return [("paragraph", f"<p>{text}</p>")]


@pytest.fixture(scope="module")
def world(once):
    """The site with everything public. What is meant to be hidden is in `hidden`, by the way it will be hidden."""
    with once():
        yield build()


def build():
    ensure_site()
    found = SimpleNamespace(
        hidden={way: [] for way in WAYS}, public=[], members=Group.objects.create(name="A")
    )
    german, english = Locale.objects.get(language_code="de"), Locale.objects.get(language_code="en")
    area = TaskArea.objects.filter(locale=german).first()
    area_en = TaskArea.objects.get(locale=english, translation_key=area.translation_key)

    def make(model, parent, title, *, way=None, english_parent=None, **fields):
        """The page and its English version; both are hidden later the `way` that is given."""
        text = f"{NEAR} {MARK}{way}" if way else NEAR
        page = add(parent, model(title=title, summary=text, slug=slugged(title), **fields))
        pages = [page]
        if english_parent is not None:
            twin = dict(fields)
            if "task_area" in twin:
                twin["task_area"] = area_en
            text_en = f"{NEAR_EN} {MARK}{way}" if way else NEAR_EN
            pages.append(
                add(
                    english_parent,
                    model(
                        title=f"{title} (English)",
                        summary=text_en,
                        slug=slugged(title) + "-english",
                        locale=english,
                        translation_key=page.translation_key,
                        **twin,
                    ),
                )
            )
        (found.hidden[way] if way else found.public).extend(pages)
        return pages

    def slugged(title):
        return re.sub("[^a-z0-9]+", "-", title.lower()).strip("-")

    index = {key: (page_of(key), page_of(key, "en")) for key in ("toolbox", "templates", "clusters", "cases")}
    index |= {key: (page_of(key), page_of(key, "en")) for key in ("fields", "news")}

    def guide(title, *, section=None, way=None, **fields):
        german_parent, english_parent = section or index["toolbox"]
        text = f"<p>{NEAR} {MARK if way else ''}</p>"
        steps = [("step", {"title": "Ankommen", "minutes": 10, "text": text, "tip": ""})]
        return make(
            PracticeGuide,
            german_parent,
            title,
            way=way,
            english_parent=english_parent if way in {None, "login", "below"} else None,
            kind="method",
            task_area=area,
            purpose=text,
            steps=steps,
            **fields,
        )

    # --- what will be hidden ---
    section = make(
        GuideSectionPage,
        index["toolbox"][0],
        "Zinnober Bereich",
        way="below",
        english_parent=index["toolbox"][1],
    )
    guides = {
        way: guide(
            f"Zinnober Frühstück {way}",
            way=way,
            section=[Page.objects.get(pk=page.pk) for page in section] if way == "below" else None,
        )[0]
        for way in WAYS
    }
    document = get_document_model().objects.create(
        title="Zinnober Datei", file=ContentFile(b"Kaffee;Vorstellungsrunde", name="zinnober.csv")
    )
    found.document = document
    files = [("file", {"document": document, "language": "de", "label": ""})]
    hidden_template = make(
        TemplatePage, index["templates"][0], "Zinnober Vorlage", way="group", purpose=f"<p>{NEAR}</p>", files=files,
        english_parent=index["templates"][1],
    )[0]  # fmt: skip
    hidden_cluster = make(
        ClusterPage, index["clusters"][0], "Zinnober Cluster", way="login", field="Zinnoberkunde",
        english_parent=index["clusters"][1],
    )[0]  # fmt: skip
    make(
        NeedOfferPage, Page.objects.get(pk=hidden_cluster.pk), "Zinnober Gesuch unten", way="login", kind="need",
        body=f"<p>{NEAR}</p>",
    )  # fmt: skip
    hidden_field = make(
        FieldPage, index["fields"][0], "Zinnober Feld", way="expired", question=f"Was ist {MARK}?", body=body(NEAR),
        english_parent=index["fields"][1],
    )[0]  # fmt: skip
    make(NewsPage, index["news"][0], "Zinnober Nachricht", way="draft", body=body(NEAR))

    # --- public pages that point to all of it ---
    plain = {"situation": "<p>S</p>", "action": f"<p>{NEAR}</p>", "result": "<p>R</p>", "lessons": "<p>L</p>"}
    cluster = make(
        ClusterPage, index["clusters"][0], "Luftfahrt", field="Luftfahrt", english_parent=index["clusters"][1]
    )
    open_guide = guide(
        "Frühstück für alle",
        related_guides=[("complements", guides[way]) for way in WAYS],
        templates=[("template", hidden_template)],
        used_by=[("cluster", hidden_cluster), ("cluster", cluster[0])],
        co_learning_fields=[("field", hidden_field)],
    )[0]
    guide("Noch ein Frühstück")
    for way in ("login", "draft"):  # lists of the public cluster and of the public guide
        make(
            CasePage, index["cases"][0], f"Zinnober Beispiel {way}", way=way, year=2024, cluster=cluster[0],
            guide=open_guide, **plain,
        )  # fmt: skip
    for way in ("group", "expired"):
        make(
            NeedOfferPage, Page.objects.get(pk=cluster[0].pk), f"Zinnober Gesuch {way}", way=way, kind="need",
            task_area=area, body=f"<p>{NEAR}</p>",
        )  # fmt: skip
    guides["group"].used_by = [("cluster", cluster[0])]
    guides["group"].save_revision().publish()
    open_document = get_document_model().objects.create(
        title="Offen", file=ContentFile(b"Kaffee", name="offen.csv")
    )
    make(
        TemplatePage, index["templates"][0], "Einladung", purpose=f"<p>{NEAR}</p>",
        files=[("file", {"document": open_document, "language": "de", "label": ""})],
        guides=[("guide", guides[way]) for way in WAYS],
    )  # fmt: skip
    make(
        FieldPage, index["fields"][0], "Begegnung", question="Wie kommt man ins Gespräch?", body=body(NEAR),
        clusters=[("cluster", hidden_cluster), ("cluster", cluster[0])],
        guides=[("guide", guides[way]) for way in WAYS], english_parent=index["fields"][1],
    )  # fmt: skip
    make(
        CasePage, index["cases"][0], "Ein Morgen", cluster=hidden_cluster, guide=guides["login"], year=2023, **plain
    )  # fmt: skip
    make(NewsPage, index["news"][0], "Nachricht", body=body(NEAR))
    settle()

    roles = ensure_roles()
    found.people = {}
    for name, groups in {
        "member": [found.members],
        "stranger": [Group.objects.create(name="B"), roles.members],
    }.items():
        found.people[name] = User.objects.create_user(name, f"{name}@example.org", "secret")
        found.people[name].groups.set(groups)
    found.section = section[0]
    found.english = english
    # One page of each type and language is enough of the rest: each has its own template.
    rest = {
        (page.specific_class, page.locale_id): page
        for page in Page.objects.live().filter(depth__gt=1).exclude(slug__contains="zinnober")
    }
    found.addresses = sorted({page.get_url() for page in [*rest.values(), *found.public]})
    found.guides = guides
    return found


def settle():
    services.index_due()
    compute.relate_all()


def hide(world):
    for way, pages in world.hidden.items():
        for page in pages:
            page = Page.objects.get(pk=page.pk)
            if page.locale_id == world.english.pk and way != "expired":
                continue  # follows by itself
            if way == "login":
                make_private(page)
            elif way == "group":
                make_private(page, world.members)
            elif way == "draft":
                page.specific.unpublish()
            elif way == "expired":
                Page.objects.filter(pk=page.pk).update(expire_at=timezone.now() - timedelta(seconds=1))
    make_private(Page.objects.get(pk=world.section.pk), world.members)
    settle()


def remove(world, *ways):
    for way in ways:
        for page in world.hidden[way]:
            if found := Page.objects.filter(pk=page.pk).first():
                found.specific.delete()
    settle()


def searches():
    for language in ("de", "en"):
        with translation.override(language):
            address = reverse("ask:search")
        for question in QUESTIONS:
            yield f"{address}?q={question}"
        yield f"{address}?q={QUESTIONS[0]}&kind=guide"
        yield f"{address}?q={QUESTIONS[0]}&language=en"
        yield f"{address}?q={QUESTIONS[0]}&page=2"
        yield address
        with translation.override(language):
            typing = reverse("ask:suggestions")
        for typed in ("zi", MARK, "Netzwerkfrühstück mit ", "fr", "networking br", "vorstellungsrunde"):
            yield f"{typing}?q={typed}"


def read(world, who=None):
    """Address -> what the reader is shown, without what differs from one answer to the next."""
    client = Client()
    if who:
        client.force_login(world.people[who])
    kinds = ["/de/werkzeugkasten/?kind=method", "/en/toolbox/?page=2", "/de/gibt-es-nicht/", "/sitemap.xml"]
    shown = {}
    for address in [*world.addresses, *kinds, *searches()]:
        response = client.get(address)
        text = response.content.decode()
        shown[address] = re.sub(r'nonce="[^"]*"|name="csrfmiddlewaretoken" value="[^"]*"', "", text)
        assert response.status_code == (404 if "gibt-es-nicht" in address else 200), address
    shown["fragment"] = client.get(
        f"/de/suche/?q={QUESTIONS[0]}", headers={"HX-Request": "true"}, follow=True
    ).content.decode()
    return shown


@pytest.fixture
def hidden(world):
    with transaction.atomic():
        hide(world)
        yield world
        transaction.set_rollback(True)


def traces(shown):
    return {address: around(text) for address, text in shown.items() if MARK in text.lower()}


def around(text):
    place = text.lower().index(MARK)
    return text[max(0, place - 80) : place + 60]


def different(one, other):
    return {
        address: [
            (a, b) for a, b in zip(one[address].split(">"), other[address].split(">"), strict=False) if a != b
        ][:3]
        for address in one
        if one[address] != other[address]
    }


def test_every_place_would_show_them(world):
    """The other tests are worth something only where this one finds the pages."""
    shown = traces(read(world))
    lists = {"/de/", "/en/", "/de/werkzeugkasten/", "/de/vorlagen/", "/de/praxisbeispiele/", "/de/aktuelles/"}
    assert lists | {"/de/co-learning-felder/", "/de/gesuche-angebote/"} <= set(shown)
    assert {page.get_url() for page in world.public if page.title not in {"Nachricht"}} <= set(shown)
    assert {"/sitemap.xml", "fragment"} <= set(shown)
    assert len([address for address in shown if "?q=" in address]) >= 6
    assert {"/de/suche/vorschlaege/?q=zi", "/en/search/suggestions/?q=zi"} <= set(shown)


def test_a_visitor_reads_the_site_without_them(hidden):
    shown = read(hidden)
    assert traces(shown) == {}
    remove(hidden, *WAYS)
    assert different(shown, read(hidden)) == {}


def test_a_member_of_another_group_reads_the_site_without_them(hidden):
    remove(hidden, "login")  # open to everybody who is signed in
    shown = read(hidden, "stranger")
    assert traces(shown) == {}
    remove(hidden, *WAYS)
    assert different(shown, read(hidden, "stranger")) == {}


def test_a_member_of_the_group_reads_what_is_for_the_group(hidden):
    shown = read(hidden, "member")
    text = "".join(shown.values())
    assert "Zinnober Frühstück group" in text
    assert "Zinnober Frühstück below" in text
    assert "Zinnober Frühstück login" in text
    assert "Zinnober Frühstück draft" not in text
    assert "Zinnober Frühstück expired" not in text


@pytest.mark.parametrize("who", [None, "stranger"])
def test_their_own_addresses_say_nothing(hidden, who):
    client = Client()
    if who:
        client.force_login(hidden.people[who])
    for way, pages in hidden.hidden.items():
        if who and way == "login":
            continue
        for page in pages:
            response = client.get(page.get_url(), follow=True)
            title = page.title.lower()
            assert response.status_code in {200, 403, 404}, (way, page)
            assert title not in response.content.decode().lower(), (way, page)
            assert all("login" in url or "anmelden" in url for url, _ in response.redirect_chain), (way, page)
            if page.locale_id == hidden.english.pk or way in {"draft", "expired"}:
                continue
            assert (
                response.status_code == 403
                if who
                else "no-store" in client.get(page.get_url())["Cache-Control"]
            )


def test_the_file_of_a_hidden_template_is_not_given_away(hidden):
    for who in (None, "stranger"):
        client = Client()
        if who:
            client.force_login(hidden.people[who])
        response = client.get(hidden.document.url)
        assert response.status_code in {302, 404}
        assert b"Vorstellungsrunde" not in response.content


def test_what_members_see_is_not_kept_for_others(hidden):
    """The same address says more to members: a shared cache has to tell readers apart."""
    client = Client()
    client.force_login(hidden.people["member"])
    for address in ("/de/", "/de/werkzeugkasten/", hidden.public[0].get_url()):
        assert "Cookie" in client.get(address)["Vary"]


def test_a_public_page_below_an_unpublished_one_does_not_name_it(world):
    cluster = add(
        page_of("clusters"), ClusterPage(title="Zinnober Verbund", summary="Ein Verbund", field="F")
    )
    need = add(
        cluster,
        NeedOfferPage(
            title="Gesuch", summary="Wir suchen", slug="offenes-gesuch", kind="need", body="<p>Text</p>"
        ),
    )
    ClusterPage.objects.get(pk=cluster.pk).unpublish()
    services.index_due()
    client = Client()
    need.refresh_from_db()
    assert need.live
    for address in (need.get_url(), "/de/", "/de/gesuche-angebote/", "/de/suche/?q=Gesuch"):
        page = client.get(address, follow=True).content.decode()
        assert "Zinnober Verbund" not in page, address


def test_opening_and_closing_act_at_once(world):
    """No reindexing lies between an editor's decision and what readers see."""
    guide = world.guides["login"]
    client = Client()
    address = "/de/suche/?q=Netzwerkfrühstück"
    assert guide.title in client.get(address, follow=True).content.decode()
    restriction = make_private(Page.objects.get(pk=guide.pk))
    assert guide.title not in client.get(address, follow=True).content.decode()
    restriction.delete()
    assert guide.title in client.get(address, follow=True).content.decode()
    assert not PageViewRestriction.objects.exists()
