"""The loader with a part of the demo content: complete once, quick and quiet afterwards."""

import json
import shutil
import stat
import types

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from wagtail.models import Page, PageViewRestriction
from wagtail_localize.models import Translation

from demo.loader.content import CONTENT, ContentError
from demo.loader.load import load_demo
from kb.clusters.models import CasePage, NeedOfferPage
from kb.core.models import LotseDocument, LotseImage, SiteIdentity
from kb.core.site_tree import ensure_site, page_of
from kb.toolbox.models import PracticeGuide, TemplatePage
from search.retrieval import audience
from tests.bench import queries

pytestmark = pytest.mark.django_db

PART = [
    "clusters/hamburg-aviation",
    "fields/datenraeume",
    "templates/ablaufplan",
    "guides/unternehmensfruehstueck",
    "guides/matchmaking-speeddating",
    "guides/protokolle-schreiben",
    "guides/hosting-international-guests",
    "guides_members/konfliktgespraech-vorstand",
    "cases/hav-schultour-mit-werkzeug",
    "needs_offers/hav-schadensbilder-gesucht",
    "news/zwoelf-vorlagen",
    "pages/home",
    "pages/impressum",
    "pages_aviation/aviation-intern-messeauftritt",
]


@pytest.fixture(scope="module")
def part(tmp_path_factory):
    """A folder with a part of the content."""
    folder = tmp_path_factory.mktemp("demo") / "content"
    for name in PART:
        for path in (CONTENT / name).parent.glob(f"{name.split('/')[1]}.??.md"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, (folder / name).parent)
    shutil.copy(CONTENT / "sections.yaml", folder)
    (folder / "files").mkdir()
    for path in (CONTENT / "files").glob("ablaufplan.*"):
        shutil.copy(path, folder / "files")
    (folder / "images").mkdir()
    shutil.copy(CONTENT / "images" / "hamburg-aviation.webp", folder / "images")
    picture = {"title": {"de": "Flug", "en": "Flight"}, "alt": {"de": "Ein Flugzeug", "en": "A plane"}}
    (folder / "images" / "images.yaml").write_text(json.dumps({"hamburg-aviation": picture}))
    return folder


@pytest.fixture(scope="module")
def first_run(once, part, tmp_path_factory):
    """A new site with that part loaded, once for all tests of this file."""
    with once():
        ensure_site()
        said = []
        logins = tmp_path_factory.mktemp("var")
        loaded = load_demo(say=said.append, logins=logins, folder=part)
        yield types.SimpleNamespace(loaded=loaded, said=said, logins=logins, folder=part)


@pytest.fixture
def load(first_run, tmp_path, db):
    """Loads again: from `load.folder`, a copy that a test may change, with the logins in `load.logins`."""
    folder, logins = tmp_path / "content", tmp_path / "var"
    shutil.copytree(first_run.folder, folder)
    shutil.copytree(first_run.logins, logins)

    def load():
        said = []
        loaded = load_demo(say=said.append, logins=logins, folder=folder)
        return types.SimpleNamespace(loaded=loaded, said=said)

    load.folder = folder
    load.logins = logins / "demo-logins.json"
    load.first = first_run
    return load


def english(page):
    return Page.objects.get(translation_key=page.translation_key, locale__language_code="en").specific


def state():
    return {page.pk: (page.latest_revision_id, page.live, page.url_path) for page in Page.objects.all()}


def test_the_first_run_publishes_both_languages_with_their_relations(load):
    guide = PracticeGuide.objects.get(slug="unternehmensfruehstueck")
    assert (guide.live, guide.locale.language_code) == (True, "de")
    assert [block.value.specific for block in guide.templates] == [
        TemplatePage.objects.get(slug="ablaufplan")
    ]
    assert [block.block_type for block in guide.related_guides] == ["complements"]
    translated = english(guide)
    assert translated.live
    assert translated.title == "A series of business breakfasts"
    assert translated.slug == "a-series-of-business-breakfasts"
    assert [block.id for block in translated.steps] == [block.id for block in guide.steps]
    assert translated.steps[0].value["title"] == "Arriving over coffee"
    assert translated.task_area.locale_id == translated.locale_id
    assert translated.get_parent().specific == page_of("toolbox", "en")
    for translation in Translation.objects.all():
        total, done = translation.get_progress()
        assert total == done

    assert CasePage.objects.get(slug="hav-schultour-mit-werkzeug").cluster.slug == "hamburg-aviation"
    need = NeedOfferPage.objects.get(slug="hav-schadensbilder-gesucht")
    assert need.get_parent().slug == "hamburg-aviation"
    template = TemplatePage.objects.get(slug="ablaufplan")
    assert {block.value["language"] for block in template.files} == {"de", "en"}
    assert "Arbeitsmappe" in template.files[0].value["document"].text
    assert LotseImage.objects.get().alt_en == "A plane"
    assert page_of("home").example_questions[0].value.startswith("Wie")
    assert page_of("home", "en").example_questions[0].value.startswith("How")
    assert page_of("imprint", "en").live
    assert SiteIdentity.objects.get().demo_banner
    assert any(line.startswith("Practice guide 4 of 4") for line in load.first.said)


def test_some_guides_are_in_one_language_on_purpose(load):
    german = PracticeGuide.objects.get(slug="protokolle-schreiben")
    guests = PracticeGuide.objects.get(title__startswith="Hosting international")
    assert not Page.objects.filter(translation_key=german.translation_key).exclude(pk=german.pk).exists()
    assert guests.locale.language_code == "en"
    assert guests.live
    assert guests.task_area.locale_id == guests.locale_id


def test_links_to_missing_texts_are_warnings(load):
    warning = "guides/unternehmensfruehstueck.de.md: there is no guides/kamingespraech"

    assert warning in load.first.loaded.warnings


def test_wagtail_localize_finds_nothing_to_do_in_what_was_written(load):
    """The loader writes its rows in bulk; refresh_segments and import_po would write the same."""
    guide = PracticeGuide.objects.get(slug="unternehmensfruehstueck")
    translation = Translation.objects.get(source__object_id=guide.translation_key)
    source = translation.source
    kinds = ["stringsegment_set", "templatesegment_set", "relatedobjectsegment_set", "overridablesegment_set"]
    before = [set(getattr(source, kind).values_list("pk", "context__field_path")) for kind in kinds]

    source.refresh_segments()

    assert [set(getattr(source, kind).values_list("pk", "context__field_path")) for kind in kinds] == before
    assert all(before)
    for segment in source.stringsegment_set.select_related("context"):
        path = segment.context.field_path
        segment.context.field_path = ""
        assert segment.context.get_field_path(source.as_instance()) == path
    assert translation.import_po(translation.export_po()) == []


def test_a_second_run_touches_nothing(load):
    before = state(), load.logins.read_text(), LotseDocument.objects.count()

    run = load()

    assert run.loaded.changed == 0
    assert run.said == []
    assert (state(), load.logins.read_text(), LotseDocument.objects.count()) == before


def test_a_changed_text_changes_its_page_in_both_languages_and_no_other(load):
    guide = PracticeGuide.objects.get(slug="matchmaking-speeddating")
    before = state()
    for language, old, new in (("de", "title: ", "title: Neu: "), ("en", "title: ", "title: New: ")):
        path = load.folder / "guides" / f"matchmaking-speeddating.{language}.md"
        text = path.read_text(encoding="utf-8")
        line = next(line for line in text.splitlines() if line.startswith(old))
        quoted = new.strip().removeprefix("title: ") + " " + line.removeprefix(old).strip('"')
        path.write_text(text.replace(line, f'title: "{quoted}"'), encoding="utf-8")

    run = load()

    after = state()
    assert run.loaded.changed == 1
    assert {pk for pk in after if after[pk] != before.get(pk)} == {guide.pk, english(guide).pk}
    assert PracticeGuide.objects.get(pk=guide.pk).title.startswith("Neu: ")
    assert english(guide).title.startswith("New: ")


def test_a_run_that_was_stopped_is_finished_by_the_next(load):
    guide = PracticeGuide.objects.get(slug="unternehmensfruehstueck")
    path = load.folder / "guides" / "unternehmensfruehstueck.en.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("## Steps\n", "## Steps\n\n### Extra (5 min)\n\nA.\n\nB.\n"), encoding="utf-8"
    )
    before = state()
    with pytest.raises(
        ContentError, match=r"guides/unternehmensfruehstueck\.en\.md: 2 texts instead of 1 in steps 1, text"
    ):
        load()
    assert state() == before

    path.write_text(text.replace("## Steps\n", "## Steps\n", 1) + "\n", encoding="utf-8")

    assert load().loaded.changed == 1
    assert PracticeGuide.objects.filter(slug=guide.slug).count() == 1
    assert english(guide).live


def test_a_removed_text_is_told_and_its_page_stays(load):
    (load.folder / "guides" / "matchmaking-speeddating.en.md").unlink()
    for path in (load.folder / "news").iterdir():
        path.unlink()

    warnings = load().loaded.warnings

    assert any(
        warning.startswith("guides/matchmaking-speeddating.en.md: the text is gone") for warning in warnings
    )
    assert any(warning.startswith("news/zwoelf-vorlagen: the text is gone") for warning in warnings)
    assert english(PracticeGuide.objects.get(slug="matchmaking-speeddating")).live


def test_passwords_are_written_once_for_this_machine_alone(load):
    logins = {login["username"]: login for login in json.loads(load.logins.read_text())}
    assert list(logins) == ["admin", "redaktion", "freigabe", "mitglied", "mitglied-aviation"]
    assert stat.S_IMODE((load.first.logins / "demo-logins.json").stat().st_mode) == 0o600
    for name, login in logins.items():
        assert get_user_model().objects.get(username=name).check_password(login["password"])
    assert len({login["password"] for login in logins.values()}) == 5
    assert get_user_model().objects.filter(is_superuser=True).count() == 1


def test_a_user_who_is_there_keeps_the_password_and_one_who_is_not_gets_one(load):
    model = get_user_model()
    editor = model.objects.get(username="redaktion")
    editor.set_password("own-password")
    editor.save()
    model.objects.get(username="freigabe").delete()
    before = {login["username"]: login["password"] for login in json.loads(load.logins.read_text())}

    load()

    assert model.objects.get(username="redaktion").check_password("own-password")
    after = {login["username"]: login["password"] for login in json.loads(load.logins.read_text())}
    assert model.objects.get(username="freigabe").check_password(after["freigabe"])
    assert {name for name in after if after[name] != before[name]} == {"freigabe"}


@pytest.mark.parametrize(
    ("user", "members", "aviation"),
    [
        (None, False, False),
        ("mitglied", True, False),
        ("mitglied-aviation", True, True),
        ("admin", True, True),
    ],
)
def test_private_sections_are_private_in_both_languages(load, user, members, aviation):
    client = Client()
    if user:
        client.force_login(get_user_model().objects.get(username=user))
    guide = PracticeGuide.objects.get(slug="konfliktgespraech-vorstand")
    notes = Page.objects.get(slug="aviation-intern-messeauftritt")

    for page, allowed in ((guide, members), (notes, aviation)):
        for version in (page, english(page)):
            restrictions = PageViewRestriction.objects.filter(page__in=version.get_ancestors(inclusive=True))
            request = client.get("/").wsgi_request
            assert restrictions.exists()
            assert all(restriction.accept_request(request) for restriction in restrictions) == allowed


def test_what_an_administrator_changed_in_the_settings_stays(load):
    SiteIdentity.objects.update(operator="Wir")

    load()

    assert SiteIdentity.objects.get().operator == "Wir"


MOST_QUERIES = {
    "search": 14,
    "PracticeGuide": 34,
    "TemplatePage": 28,
    "ClusterPage": 36,
    "FieldPage": 32,
    "HomePage": 22,
    "CasePage": 22,
}
"""SQL statements of a visitor's second request; `./lotse measure queries` shows how many there are with the whole demo."""


def test_no_page_asks_more_of_the_database_than_it_needs(load, settings, monkeypatch):
    # What a reader may see is kept between two requests, as outside the transaction of a test.
    monkeypatch.setattr(audience, "_sees_uncommitted", lambda: False)
    monkeypatch.setattr(audience, "_kept", {})
    load()
    counts = queries.measure()
    too_many = {
        f"{name} {reader}": number
        for name, row in counts.items()
        for reader, number in row.items()
        # Who is signed in has a session, groups and permissions.
        if number > MOST_QUERIES.get(name.split()[0], 20) + (8 if reader == "member" else 0)
    }
    assert not too_many
    assert {name.split()[0] for name in counts} >= set(MOST_QUERIES)
