"""Reports for editors: pages that nothing leads to, guides on the same question. As one who may not, too."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test import Client
from django.urls import reverse
from wagtail.models import GroupPagePermission

from search.curation import selectors
from search.curation import services as curation
from search.index import services
from search.related import compute
from search.related.models import Relation
from tests.integration.kb.conftest import add_guide, afresh, make_private

pytest_plugins = ["tests.integration.kb.conftest"]
pytestmark = pytest.mark.django_db

FUNDING = "<p>Der Antrag auf Fördermittel braucht eine Skizze, ein Budget und eine Frist.</p>"
REPORTS = ["lotse_orphans", "lotse_competing"]


@pytest.fixture(scope="module")
def built_guides(built_site):
    """Indexed and related once for all tests."""

    def guide(title, text, **fields):
        return add_guide(built_site, title, summary=title, purpose=text, step=title, text=text, **fields)

    found = {
        "antrag": guide("Förderantrag schreiben", FUNDING),
        "kalender": guide("Förderantrag stellen", FUNDING.replace("Der", "Jeder"), parent=built_site.section),
        "kaffee": guide("Kaffee kochen", "<p>Wasser kochen, Bohnen mahlen, Filter einlegen.</p>"),
        "radar": guide("Technologieradar", "<p>Fachleute ordnen Verfahren nach Reife in Ringe.</p>"),
        "presse": guide("Pressearbeit", "<p>Eine Nachricht, ein Zitat, ein Bild, zwei Nummern.</p>"),
    }
    services.index_due()
    compute.relate_all()
    return found


@pytest.fixture
def guides(built_guides, db):
    return afresh(built_guides)


def orphans(user, language="de"):
    return set(selectors.orphans(user, language).values_list("title", flat=True))


def pairs(user, language="de"):
    return [{pair.page.title, pair.other.title} for pair in selectors.competing(user, language)]


def only_in(page, user):
    """Lets the user change what is below `page` and nothing else."""
    few = Group.objects.create(name=f"Nur {page.pk}")
    few.permissions.add(Permission.objects.get(codename="access_admin"))
    for permission in Permission.objects.filter(codename="change_page", content_type__model="page"):
        GroupPagePermission.objects.create(group=few, page=page, permission=permission)
    user.groups.set([few])


def test_a_page_is_an_orphan_until_something_leads_to_it(guides, people):
    assert orphans(people.editor) == {"Kaffee kochen", "Technologieradar", "Pressearbeit"}
    antrag, kaffee = guides["antrag"].translation_key, guides["kaffee"].translation_key
    curation.decide(antrag, kaffee, "pinned", by=people.editor)
    assert "Kaffee kochen" not in orphans(people.editor)
    curation.decide(antrag, kaffee, "restored", by=people.editor)
    assert "Kaffee kochen" in orphans(people.editor)
    curation.decide(antrag, guides["kalender"].translation_key, "dismissed", by=people.editor)
    assert "Förderantrag stellen" in orphans(people.editor)
    guides["radar"].purpose = f'<p>Davor: <a linktype="page" id="{guides["presse"].pk}">Presse</a></p>'
    guides["radar"].save_revision().publish()
    assert "Pressearbeit" not in orphans(people.editor)


def test_what_only_a_hidden_page_leads_to_is_an_orphan_to_who_may_not_see_that(guides, people):
    curation.decide(
        guides["kaffee"].translation_key, guides["radar"].translation_key, "pinned", by=people.editor
    )
    assert "Technologieradar" not in orphans(people.editor)
    make_private(guides["kaffee"], people.other_group)
    assert orphans(people.editor) == {"Technologieradar", "Pressearbeit"}


def test_near_duplicates_are_a_pair_until_somebody_says_otherwise(guides, people):
    assert pairs(people.editor) == [{"Förderantrag schreiben", "Förderantrag stellen"}]
    assert pairs(people.editor, "en") == []
    (pair,) = selectors.competing(people.editor, "de")
    assert not pair.is_linked and "Antrag" in pair.shared
    guides["kalender"].purpose = f'<p><a linktype="page" id="{guides["antrag"].pk}">Zuerst</a></p>'
    guides["kalender"].save_revision().publish()
    assert selectors.competing(people.editor, "de").get().is_linked
    curation.decide(
        guides["kalender"].translation_key, guides["antrag"].translation_key, "dismissed", by=people.editor
    )
    assert pairs(people.editor) == []


def test_a_pair_needs_both_to_be_readable_and_one_to_be_editable(guides, site, people):
    only_in(site.section, people.stranger)
    assert pairs(people.stranger) == [{"Förderantrag schreiben", "Förderantrag stellen"}]
    assert orphans(people.stranger) == set()
    make_private(guides["antrag"], people.other_group)
    assert pairs(people.stranger) == [] == pairs(people.editor)


@pytest.mark.parametrize("report", REPORTS)
@pytest.mark.parametrize("name", ["member", "stranger", None])
def test_who_may_write_nothing_reads_no_report(guides, people, report, name):
    client = Client()
    if name:
        client.force_login(getattr(people, name))
    compare = reverse("lotse_compare_guides", args=[guides["antrag"].pk, guides["kalender"].pk])
    for address in (reverse(report), reverse(f"{report}_results"), f"{reverse(report)}?export=csv", compare):
        response = client.get(address)
        assert response.status_code in {302, 403}
        assert "Förderantrag" not in response.content.decode()


@pytest.mark.parametrize("report", REPORTS)
def test_the_menu_offers_the_reports_to_those_who_may_read_them(guides, editor, people, report):
    assert reverse(report) in editor.get(reverse("wagtailadmin_home")).content.decode()
    people.stranger.groups.add(Group.objects.create(name="Nur Admin"))
    people.stranger.user_permissions.add(Permission.objects.get(codename="access_admin"))
    stranger = Client()
    stranger.force_login(people.stranger)
    assert reverse(report) not in stranger.get(reverse("wagtailadmin_home")).content.decode()


def test_orphans_are_shown_filtered_and_exported(guides, editor, site):
    address = reverse("lotse_orphans")
    text = editor.get(address).content.decode()
    assert "Kaffee kochen" in text and "Seiten, zu denen nichts führt" in text
    shown = editor.get(address, {"section": site.section.pk}).context["object_list"]
    assert list(shown) == []
    assert list(editor.get(address, {"language": "en"}).context["object_list"]) == []
    export = editor.get(address, {"export": "csv"}).getvalue().decode()
    assert "Kaffee kochen" in export and "Werkzeugkasten" in export


def test_pairs_are_shown_with_their_passages_and_exported(guides, editor, site):
    address = reverse("lotse_competing")
    text = editor.get(address).content.decode()
    assert "Jeder Antrag auf Fördermittel" in text and "Vergleichen" in text
    for section, count in ((site.section, 1), (site.toolbox, 1)):
        assert len(editor.get(address, {"section": section.pk}).context["object_list"]) == count
    export = editor.get(address, {"export": "csv"}).getvalue().decode()
    assert "Förderantrag stellen" in export and "Jeder Antrag auf Fördermittel" in export


@pytest.mark.parametrize(
    "query", [{"section": "x"}, {"section": "99999999"}, {"language": "xx"}, {"p": "no"}]
)
@pytest.mark.parametrize("report", REPORTS)
def test_a_choice_that_does_not_exist_is_no_error_of_the_site(guides, editor, report, query):
    assert editor.get(reverse(report), query).status_code in {200, 404}


def test_two_guides_are_compared_passage_by_passage(guides, editor):
    address = reverse("lotse_compare_guides", args=[guides["antrag"].pk, guides["kalender"].pk])
    response = editor.get(address)
    beside = [
        (row.passage.text, row.nearest.text) for row in response.context["rows"] if row.nearest is not None
    ]
    assert any("Der Antrag" in left and "Jeder Antrag" in right for left, right in beside)
    text = response.content.decode()
    for guide in (guides["antrag"], guides["kalender"]):
        assert reverse("wagtailadmin_pages:edit", args=[guide.pk]) in text


def test_a_page_that_the_editor_may_not_read_is_not_compared(guides, editor, people):
    address = reverse("lotse_compare_guides", args=[guides["antrag"].pk, guides["kalender"].pk])
    make_private(guides["kalender"], people.other_group)
    assert editor.get(address, follow=True).status_code == 404
    same = reverse("lotse_compare_guides", args=[guides["antrag"].pk, guides["antrag"].pk])
    assert editor.get(same, follow=True).status_code == 404


def test_a_report_asks_the_same_number_of_times_however_much_there_is(
    guides, people, django_assert_max_num_queries
):
    list(selectors.competing(people.editor, "de"))
    with django_assert_max_num_queries(3):
        list(selectors.competing(people.editor, "de"))
    assert Relation.objects.exists() and connection.vendor == "postgresql"
