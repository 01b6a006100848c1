"""What editors do, in a process of its own that can be killed in the middle of it.

Every page carries a token ("zz" and six letters) in its title, text and slug, by which a reader recognises it. Every
action answers with the tokens that it promised to hide (`hidden`) and, computed from the plain rows after it, with
the tokens that an anonymous reader may see.
"""

from __future__ import annotations

import contextlib
import random
import re
import sys
import traceback
from collections.abc import Callable
from datetime import timedelta
from multiprocessing.connection import Listener
from typing import Any

TOKEN = re.compile(r"zz[b-df-hj-np-tv-y]{6}")
TEXTS = (
    "Ein Netzwerkfrühstück bringt Mitgliedsbetriebe ins Gespräch.",
    "Fördermittelanträge gelingen mit einem klaren Zeitplan.",
    "Neue Mitglieder gewinnt man im persönlichen Gespräch.",
    "Die Bedarfsanalyse beginnt mit Interviews in den Unternehmen.",
    "Ein Matching verbindet Gesuche und Angebote der Cluster.",
)
TEXTS_EN = (
    "A networking breakfast brings member companies together.",
    "Funding applications succeed with a clear schedule.",
    "New members are won in personal conversation.",
    "A needs analysis begins with interviews in companies.",
    "Matching connects needs and offers of clusters.",
)
MOST_PAGES = 90

ACTIONS: dict[str, Callable[..., list[str]]] = {}


def main() -> None:
    """Serves one connection at `sys.argv[1]`: (name, arguments) -> (True, answer) or (False, traceback)."""
    from django.db import close_old_connections

    with Listener(sys.argv[1], "AF_UNIX") as listener, listener.accept() as connection:
        while True:
            try:
                what, arguments = connection.recv()
            except EOFError:
                return
            try:
                close_old_connections()
                connection.send((True, _do(what, arguments)))
            except Exception:
                connection.send((False, traceback.format_exc()))


def _do(what: str, arguments: dict[str, Any]) -> Any:
    if what in ACTIONS:
        hidden = ACTIONS[what](Picks(arguments["seed"]))
        return {"hidden": hidden, "visible": sorted(visible_tokens()), "all": sorted(all_tokens())}
    return COMMANDS[what](**arguments)


class Picks(random.Random):
    """Random choices of one action."""

    def token(self) -> str:
        return "zz" + "".join(self.choice("bcdfghjklmnpqrstvwxy") for _ in range(6))

    def text(self, token: str, english: bool = False) -> str:
        return f"{self.choice(TEXTS_EN if english else TEXTS)} {token.capitalize()}."

    def page(self, pages: Any) -> Any:
        found = list(pages.order_by("pk"))
        return self.choice(found).specific if found else None


def action(function: Callable[[Picks], list[str] | None]) -> Callable[[Picks], list[str]]:
    def done(picks: Picks) -> list[str]:
        return function(picks) or []

    ACTIONS[function.__name__] = done
    return done


# --- What is there --------------------------------------------------------------------------------


def content() -> Any:
    """Pages that the actions work on: those with a token, no aliases."""
    from wagtail.models import Page

    return Page.objects.filter(slug__regex=TOKEN.pattern, alias_of=None)


def german() -> Any:
    return content().filter(locale__language_code="de")


def sections(closed: bool | None = None) -> list[Any]:
    from kb.toolbox.models import GuideSectionPage

    found = GuideSectionPage.objects.filter(locale__language_code="de").order_by("pk")
    return [page for page in found if closed is None or page.slug.startswith("intern") == closed]


def tokens_of(*pages: Any) -> list[str]:
    """Tokens of the pages, of what is below them, and of the translations of all of it."""
    from wagtail.models import Page

    found = set()
    for page in pages:
        below = Page.objects.descendant_of(page, inclusive=True)
        keys = set(below.values_list("translation_key", flat=True))
        found |= set(below.values_list("slug", flat=True))
        if page.locale.language_code == "de":
            found |= set(Page.objects.filter(translation_key__in=keys).values_list("slug", flat=True))
    return sorted({token for slug in found for token in TOKEN.findall(slug)})


def own_tokens(page: Any) -> list[str]:
    """Tokens of the page and its translations, without what is below."""
    from wagtail.models import Page

    slugs = [page.slug]
    if page.locale.language_code == "de":
        slugs += Page.objects.filter(translation_key=page.translation_key).values_list("slug", flat=True)
    return sorted({token for slug in slugs for token in TOKEN.findall(slug)})


def all_tokens() -> set[str]:
    from wagtail.models import Page

    return {token for slug in Page.objects.values_list("slug", flat=True) for token in TOKEN.findall(slug)}


def visible_tokens() -> set[str]:
    """Tokens of the pages that anybody may see: said by the rows, not by the site's own rule."""
    from django.utils import timezone
    from wagtail.models import Page, PageViewRestriction, Site

    closed = [
        restriction.page.path
        for restriction in PageViewRestriction.objects.exclude(restriction_type="none").select_related("page")
    ]
    home = Site.objects.get(is_default_site=True).root_page
    roots = [
        page.path for page in Page.objects.filter(translation_key=home.translation_key, depth=home.depth)
    ]
    now = timezone.now()
    found = set()
    for page in Page.objects.filter(live=True, alias_of=None):
        if page.expire_at is not None and page.expire_at <= now:
            continue
        if any(page.path.startswith(path) for path in closed):
            continue
        if not any(page.path.startswith(path) for path in roots):
            continue
        found |= set(TOKEN.findall(page.slug))
    return found


def followers_astray() -> list[str]:
    """Live translations of pages that their source was hidden from the public: what an editor could not know."""
    from wagtail.models import Page, PageViewRestriction

    found = []
    for page in Page.objects.filter(live=True, alias_of=None, locale__language_code="en"):
        source = Page.objects.filter(
            translation_key=page.translation_key, locale__language_code="de", alias_of=None
        ).first()
        if source is None or not TOKEN.search(page.slug):
            continue
        if not source.live and source.first_published_at:
            found.append(f"{page.slug} is live, its source {source.slug} is not")
        own = PageViewRestriction.objects.filter(page=source).exclude(restriction_type="none").first()
        if (
            own
            and not PageViewRestriction.objects.filter(
                page=page, restriction_type=own.restriction_type
            ).exists()
        ):
            found.append(f"{page.slug} is open, its source {source.slug} is not")
    return found


# --- Making pages ---------------------------------------------------------------------------------


def _add(parent: Any, page: Any) -> Any:
    parent = type(parent).objects.get(pk=parent.pk)
    parent.add_child(instance=page)
    page.save_revision().publish()
    return page


def _guide(picks: Picks, parent: Any, *, source: Any = None, **fields: Any) -> Any:
    from kb.core.models import TaskArea
    from kb.toolbox.models import PracticeGuide

    english = parent.locale.language_code == "en"
    token = picks.token()
    areas = list(TaskArea.objects.filter(locale=parent.locale).order_by("pk"))
    texts = [picks.text(token, english) for _ in range(3)]
    values: dict[str, Any] = {
        "title": f"{'Guide' if english else 'Leitfaden'} {token}",
        "slug": f"seite-{token}",
        "summary": texts[0],
        "kind": "method",
        "task_area": picks.choice(areas) if areas else None,
        "purpose": f"<p>{texts[1]}</p>",
        "steps": [("step", {"title": "Ablauf", "minutes": 10, "text": f"<p>{texts[2]}</p>", "tip": ""})],
        "locale": parent.locale,
    }
    if source is not None:
        values["translation_key"] = source.translation_key
    return _add(parent, PracticeGuide(**(values | fields)))


def _english_parent(page: Any) -> Any:
    from wagtail.models import Locale

    english = Locale.objects.get(language_code="en")
    parent = page.get_parent().get_translation_or_none(english)
    return parent.specific if parent is not None else None


@action
def publish_guide(picks: Picks) -> None:
    from kb.clusters.models import ClusterPage

    fields: dict[str, Any] = {}
    cluster = picks.page(ClusterPage.objects.filter(locale__language_code="de"))
    if cluster is not None and picks.random() < 0.5:
        fields["used_by"] = [("cluster", cluster)]
    _guide(picks, picks.choice(sections()), **fields)


@action
def publish_cluster(picks: Picks) -> None:
    from kb.clusters.models import ClusterPage
    from kb.core.site_tree import page_of

    token = picks.token()
    _add(
        page_of("clusters"),
        ClusterPage(
            title=f"Cluster {token}", slug=f"seite-{token}", summary=picks.text(token), field="Luftfahrt"
        ),
    )


@action
def publish_need(picks: Picks) -> None:
    """Its cluster is its parent: a facet that a move changes."""
    from kb.clusters.models import ClusterPage, NeedOfferPage

    cluster = picks.page(ClusterPage.objects.filter(locale__language_code="de"))
    if cluster is None:
        return
    token = picks.token()
    _add(
        cluster,
        NeedOfferPage(
            title=f"Gesuch {token}",
            slug=f"seite-{token}",
            summary=picks.text(token),
            kind="need",
            body=f"<p>{picks.text(token)}</p>",
            locale=cluster.locale,
        ),
    )


@action
def publish_template(picks: Picks) -> None:
    from django.core.files.base import ContentFile
    from wagtail.documents import get_document_model

    from kb.core.site_tree import page_of
    from kb.toolbox.models import TemplatePage

    token = picks.token()
    file = ContentFile(f"{picks.text(token)} Datei".encode(), name=f"{token}.txt")
    document = get_document_model().objects.create(title=f"Datei {token}", file=file)
    _add(
        page_of("templates"),
        TemplatePage(
            title=f"Vorlage {token}",
            slug=f"seite-{token}",
            summary=picks.text(token),
            purpose=f"<p>{picks.text(token)}</p>",
            files=[("file", {"document": document, "language": "de", "label": ""})],
        ),
    )


@action
def publish_translation(picks: Picks) -> None:
    from kb.toolbox.models import PracticeGuide

    without = [
        page
        for page in PracticeGuide.objects.filter(
            locale__language_code="de", alias_of=None, live=True
        ).order_by("pk")
        if not PracticeGuide.objects.filter(
            translation_key=page.translation_key, locale__language_code="en"
        ).exists()
    ]
    if not without:
        return
    source = picks.choice(without)
    parent = _english_parent(source)
    if parent is not None:
        # As wagtail-localize and kb.core.signal_handlers.translation_made do it: with the source's privacy.
        page = _guide(picks, parent, source=source)
        from kb.core import privacy

        privacy.mirror(page)


@action
def import_many(picks: Picks) -> None:
    if content().count() > MOST_PAGES:
        clear_up(picks)
        return
    for _ in range(picks.randint(8, 16)):
        _guide(picks, picks.choice(sections(closed=False)))


def clear_up(picks: Picks) -> None:
    """Deletes half of the guides, so that a long run stays as quick as it began."""
    from kb.toolbox.models import PracticeGuide

    for page in PracticeGuide.objects.filter(locale__language_code="de").order_by("pk")[: MOST_PAGES // 2]:
        type(page).objects.get(pk=page.pk).delete()


# --- Changing pages -------------------------------------------------------------------------------


@action
def edit(picks: Picks) -> None:
    page = picks.page(content().filter(live=True))
    if page is None:
        return
    token = TOKEN.findall(page.slug)[0]
    page.summary = f"{picks.text(token)} Fassung {picks.randint(1, 10**6)}."
    if picks.random() < 0.3:
        page.title = f"Neuer Titel {picks.randint(1, 999)} {token}"
    page.save_revision().publish()


@action
def save_draft(picks: Picks) -> None:
    page = picks.page(content().filter(live=True))
    if page is not None:
        page.summary = f"Entwurf {picks.randint(1, 10**6)}"
        page.save_revision()


@action
def save_without_revision(picks: Picks) -> None:
    """Code that saves a page, as a data migration does."""
    page = picks.page(content().filter(live=True))
    if page is not None:
        token = TOKEN.findall(page.slug)[0]
        page.keywords = f"schlagwort{picks.randint(1, 10**6)}, {token}"
        page.save()


@action
def rename_task_area(picks: Picks) -> None:
    from kb.core.models import TaskArea

    area = picks.choice(list(TaskArea.objects.order_by("pk")))
    area.name = f"{area.name.split(' Nr')[0]} Nr {picks.randint(1, 10**4)}"
    area.save()


@action
def replace_document(picks: Picks) -> None:
    from django.core.files.base import ContentFile
    from wagtail.documents import get_document_model

    documents = list(get_document_model().objects.order_by("pk"))
    if not documents:
        return
    document = picks.choice(documents)
    text = f"{picks.choice(TEXTS)} Dateifassung {picks.randint(1, 10**6)}"
    document.file = ContentFile(text.encode(), name=f"neu-{picks.randint(1, 10**6)}.txt")
    document._set_document_file_metadata()
    document.save()


@action
def rename_cluster(picks: Picks) -> None:
    from kb.clusters.models import ClusterPage

    page = picks.page(ClusterPage.objects.filter(live=True, slug__regex=TOKEN.pattern))
    if page is not None:
        page.title = f"Verbund {picks.randint(1, 999)} {TOKEN.findall(page.slug)[0]}"
        page.save_revision().publish()


@action
def change_slug(picks: Picks) -> None:
    page = picks.page(content())
    if page is not None:
        page.slug = f"neu-{picks.randint(1, 10**6)}-{TOKEN.findall(page.slug)[0]}"
        page.save_revision().publish() if page.live else page.save()


@action
def change_slug_of_section(picks: Picks) -> None:
    page = picks.choice(sections())
    page.slug = f"{'intern' if page.slug.startswith('intern') else 'offen'}-{picks.randint(1, 10**6)}"
    page.save_revision().publish()


@action
def make_alias(picks: Picks) -> None:
    page = picks.page(german().filter(content_type__model="practiceguide"))
    if page is not None:
        page.create_alias(parent=picks.choice(sections()), update_slug=f"alias-{picks.randint(1, 10**9)}")


@action
def alias_to_page(picks: Picks) -> None:
    from wagtail.actions.convert_alias import ConvertAliasPageAction
    from wagtail.models import Page

    alias = picks.page(Page.objects.filter(alias_of__isnull=False, slug__startswith="alias-"))
    if alias is not None:
        ConvertAliasPageAction(alias).execute(skip_permission_checks=True)


# --- Hiding pages ---------------------------------------------------------------------------------


@action
def unpublish(picks: Picks) -> list[str] | None:
    page = picks.page(content().filter(live=True))
    if page is None:
        return None
    page.unpublish()
    return own_tokens(page)


@action
def publish_again(picks: Picks) -> None:
    # A translation follows its source; published alone, it would be an editor's own decision.
    page = picks.page(german().filter(live=False))
    if page is not None:
        page.expire_at = None
        page.save_revision().publish()


@action
def delete(picks: Picks) -> list[str] | None:
    page = picks.page(content())
    if page is None:
        return None
    hidden = tokens_of(page)
    page.delete()
    return hidden


@action
def close_page(picks: Picks) -> list[str] | None:
    return _close(picks, picks.page(content()))


@action
def close_section(picks: Picks) -> list[str] | None:
    return _close(picks, picks.choice(sections(closed=False)))


def _close(picks: Picks, page: Any) -> list[str] | None:
    from django.contrib.auth.models import Group
    from wagtail.models import PageViewRestriction

    if page is None:
        return None
    groups = picks.random() < 0.5
    kind = PageViewRestriction.GROUPS if groups else PageViewRestriction.LOGIN
    restriction = PageViewRestriction.objects.filter(page=page).first() or PageViewRestriction(page=page)
    restriction.restriction_type = kind
    restriction.save()
    restriction.groups.set(Group.objects.order_by("pk")[:1] if groups else [])
    return tokens_of(page)


@action
def open_again(picks: Picks) -> None:
    from wagtail.models import PageViewRestriction

    found = PageViewRestriction.objects.exclude(page__slug__startswith="intern").order_by("pk")
    given = [restriction for restriction in found if restriction.page.locale.language_code == "de"]
    if given:
        picks.choice(given).delete()


@action
def move(picks: Picks) -> list[str] | None:
    page = picks.page(german().filter(content_type__model="practiceguide"))
    if page is None:
        return None
    target = picks.choice(sections())
    if page.get_parent().pk == target.pk:
        return None
    page.move(target, pos="last-child")
    closed = target.get_view_restrictions().exists()
    return tokens_of(page) if closed else None


@action
def move_out_of_the_site(picks: Picks) -> list[str] | None:
    from wagtail.models import Page

    from kb.core.models import HomePage

    page = picks.page(german().filter(content_type__model="practiceguide"))
    if page is None or HomePage is None:
        return None
    hidden = tokens_of(page)
    page.move(Page.get_first_root_node(), pos="last-child")
    return hidden


@action
def move_need(picks: Picks) -> None:
    from kb.clusters.models import ClusterPage, NeedOfferPage

    page = picks.page(NeedOfferPage.objects.filter(slug__regex=TOKEN.pattern))
    cluster = picks.page(ClusterPage.objects.filter(locale__language_code="de"))
    if page is not None and cluster is not None and page.get_parent().pk != cluster.pk:
        page.move(cluster, pos="last-child")


@action
def expire(picks: Picks) -> list[str] | None:
    """Published with an end that is past when the action returns; the schedule has not run."""
    import time

    from django.utils import timezone

    page = picks.page(content().filter(live=True))
    if page is None:
        return None
    page.expire_at = timezone.now() + timedelta(seconds=0.3)
    page.save_revision().publish()
    time.sleep(0.4)
    return own_tokens(page)


# --- What the harness asks beside them ------------------------------------------------------------


def build() -> None:
    """The site before the first schedule."""
    from wagtail.models import Locale

    from kb.core.models import HomePage
    from kb.core.site_tree import ensure_site, page_of
    from kb.toolbox.models import GuideSectionPage

    if HomePage.objects.exists() and sections():
        return
    ensure_site("127.0.0.1", 80)
    picks = Picks(1)
    english = Locale.objects.get(language_code="en")
    for slug in ("offen-1", "offen-2", "intern-1"):
        german_section = _add(
            page_of("toolbox"), GuideSectionPage(title=f"Bereich {slug}", slug=slug, summary="Ein Bereich")
        )
        _add(
            page_of("toolbox", "en"),
            GuideSectionPage(
                title=f"Section {slug}",
                slug=slug,
                summary="A section",
                locale=english,
                translation_key=german_section.translation_key,
            ),
        )
    _close(picks, sections(closed=True)[0])
    for name in ["publish_cluster"] * 2 + ["publish_guide"] * 8 + ["publish_translation"] * 4:
        ACTIONS[name](picks)
    for name in ("publish_need", "publish_need", "publish_template", "publish_template", "make_alias"):
        ACTIONS[name](picks)


def state() -> dict[str, int]:
    """Whether the index says that it has something to do."""
    from search.index import selectors
    from search.index.models import IndexedPage

    now = selectors.status()
    unrelated = IndexedPage.objects.exclude(pipeline="").filter(related_at=None, passage_count__gt=0).count()
    from search import model_change

    change = model_change.state().change
    return {
        "changing": int(change is not None),
        "due": now.due,
        "failed": now.failed,
        "surplus": now.surplus,
        "unrelated": unrelated,
    }


def change_model() -> str:
    """`./lotse model use NAME --force`: to the other model, or back to the first."""
    from search import model_change
    from tests.chaos.apps import OTHER_MODEL

    now = model_change.state().in_force
    wanted = "hashing-64" if now is not None and now.name == OTHER_MODEL else OTHER_MODEL
    with contextlib.suppress(model_change.Refused):
        model_change.start(wanted, force=True)
        return f"to {wanted}"
    return "refused"


def poison(seed: int) -> str:
    """Makes one page due that no model can read as long as `failpoints.poisoned` names its token."""
    from search.index import services
    from tests.chaos import failpoints

    page = Picks(seed).page(content().filter(live=True))
    if page is None:
        return "no page"
    token = TOKEN.findall(page.slug)[0]
    failpoints.poison(token)
    page.keywords = f"gift {seed}"
    page.title = f"Gift {token}"
    page.save()
    services.mark_changed([page.pk])
    return token


def retry() -> int:
    """What an operator does with pages that failed."""
    from search.index import claims

    return claims.retry()


def look() -> dict[str, list[str]]:
    return {"visible": sorted(visible_tokens()), "all": sorted(all_tokens()), "astray": followers_astray()}


def drift() -> list[str]:
    from tests.chaos import recomputation

    return recomputation.differences()


def page_ids() -> list[int]:
    return list(content().order_by("pk").values_list("pk", flat=True))


def rot(seed: int) -> str:
    """Damages rows as a disk, a restored backup or a hand in psql does. Returns what was done."""
    from django.db import connection

    picks = Picks(seed)
    what = picks.choice(sorted(ROT))
    with connection.cursor() as cursor:
        cursor.execute(ROT[what])
    return what


_ONE = "(select page_id from search_indexedpage where pipeline <> '' order by random() limit 1)"
ROT = {
    "vectors lost": f"delete from search_passagevector where page_id = {_ONE}",
    "vectors of another text": "update search_passagevector v set embedding = o.embedding from "
    "(select embedding, model_id from search_passagevector order by random() limit 1) o "
    f"where v.model_id = o.model_id and v.page_id = {_ONE}",
    "postings lost": f"delete from search_posting where page_id = {_ONE}",
    "postings twice": "insert into search_posting (page_id, term, title, keywords, headings, body, places) "
    f"select page_id, term, title, keywords, headings, body, places from search_posting where page_id = {_ONE}",
    "passage of another time": f"update search_passage set text = 'Alt.' where page_id = {_ONE}",
    "passages lost": f"delete from search_passage where page_id = {_ONE}",
    "title of another time": f"update search_indexedpage set title = 'Alt' where page_id = {_ONE}",
    "filter values lost": f"update search_indexedpage set facets = '{{alt:1}}' where page_id = {_ONE}",
    "lengths wrong": f"update search_indexedpage set length = 7, lengths = '{{7}}' where page_id = {_ONE}",
    "row lost": f"delete from search_indexedpage where page_id = {_ONE}",
    "words lost": "delete from search_lexeme where id in (select id from search_lexeme order by random() limit 5)",
    "relations lost": f"delete from search_relation where page_id = {_ONE}",
}


def verify_and_mend() -> int:
    """`./lotse index verify --mend` as an operator would type it; returns the number of differences found."""
    import io
    import json

    from django.core.management import CommandError, call_command

    out = io.StringIO()
    with contextlib.suppress(CommandError):  # it names differences
        call_command("index_verify", "--mend", "--vectors", "--json", stdout=out)
    return len(json.loads(out.getvalue())["differences"])


COMMANDS: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (build, state, change_model, poison, retry, look, drift, page_ids, rot, verify_and_mend)
}
