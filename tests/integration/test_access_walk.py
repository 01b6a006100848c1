"""Every address of the site, with who may use it. An address that is not in the table fails the test."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from types import ModuleType
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, path, reverse
from django.utils import timezone, translation
from django.utils.regex_helper import normalize
from wagtail.models import Page, Site
from wagtail_localize.models import TranslationSource

from search.gaps.models import Asking, Gap
from tests.integration.kb.conftest import make_private

pytest_plugins = ["tests.integration.kb.conftest"]
pytestmark = pytest.mark.django_db

OURS = ("accounts", "config", "demo", "kb", "search")

# Answers: a status, "sign in" (redirect to a login) or "refused" (the admin's "no permission": back to its start).
# Each as (GET, POST) for a visitor, a member without the admin, and an editor who may not publish.
READ = {"visitor": (200, 405), "member": (200, 405), "editor": (200, 405)}
CLOSED = {
    "visitor": ("sign in", "sign in"),
    "member": ("sign in", "sign in"),
    "editor": ("refused", "refused"),
}
GONE = {"visitor": (404, 404), "member": (404, 404), "editor": (404, 404)}
LISTS = CLOSED | {"editor": (200, "any")}

PUBLIC = {
    # route: (an address of it, answers)
    "healthz": ("/healthz", READ),
    "readyz": ("/readyz", READ),
    "sitemap.xml": ("/sitemap.xml", READ | dict.fromkeys(READ, (200, 200))),
    "media/images/<path:path>": ("/media/images/no-such.png", GONE | dict.fromkeys(GONE, (404, 405))),
    "documents/^(\\d+)/(.*)$": ("/documents/999999/x.pdf", GONE),
    # Shared passwords are switched off, so there is nothing to unlock.
    "documents/authenticate_with_password/<int:restriction_id>/": (
        "/documents/authenticate_with_password/999999/",
        GONE,
    ),
    "de/_util/authenticate_with_password/<int:page_view_restriction_id>/<int:page_id>/": (
        "/de/_util/authenticate_with_password/999999/999999/",
        GONE,
    ),
    "de/_util/login/": ("/de/_util/login/", dict.fromkeys(READ, (200, 200))),
    "de/anmelden/": ("/de/anmelden/", {"visitor": (200, 200), "member": (302, 302), "editor": (302, 302)}),
    "de/abmelden/": ("/de/abmelden/", dict.fromkeys(READ, (405, 302))),
    "de/suche/": ("/de/suche/?q=Netz", READ),
    "de/suche/vorschlaege/": ("/de/suche/vorschlaege/?q=Netz", READ),
    # What it does with a page that is there is tested in test_feedback.py.
    "de/rueckmeldung/<int:page_id>/": ("/de/rueckmeldung/999999/", GONE),
    # Who may tell, and of which guide, is in tests/integration/test_short_reports.py.
    "de/das-haben-wir-gemacht/<int:guide_id>/": ("/de/das-haben-wir-gemacht/999999/", GONE),
    "de/meine-clusterbruecken/": (
        "/de/meine-clusterbruecken/",
        {"visitor": ("sign in", "sign in"), "member": (200, 405), "editor": (200, 405)},
    ),
    "de/meine-clusterbruecken/mail/": (
        "/de/meine-clusterbruecken/mail/",
        {"visitor": ("sign in", "sign in"), "member": (405, 302), "editor": (405, 302)},
    ),
    "de/clusterbruecken-karte/": ("/de/clusterbruecken-karte/", READ),
    # Whose they are is in tests/integration/test_bridges_mine.py.
    "de/meine-clusterbruecken/<int:bridge_id>/": (
        "/de/meine-clusterbruecken/999999/",
        GONE | {"visitor": ("sign in", "sign in")},
    ),
    "de/meine-clusterbruecken/abbestellen/<str:token>/": (
        "/de/meine-clusterbruecken/abbestellen/no-such-token/",
        GONE,
    ),
    "de/^((?:[\\w\\-]+/)*)$": ("/de/", dict.fromkeys(READ, (200, 200))),
}

REPORTS = (
    "lotse_feedback",
    "lotse_reviews",
    "lotse_translations",
    "lotse_orphans",
    "lotse_competing",
    "lotse_findings",
)

ADMIN = {
    "lotse_update_translations": {**CLOSED, "editor": (200, 302)},
    "lotse_convert_to_alias": {**CLOSED, "editor": ("refused", "refused")},
    # Whose page it is, and whose the other one, is in tests/integration/test_curation.py.
    "lotse_related_pages": CLOSED | {"editor": (200, 405)},
    "lotse_decide_related": CLOSED | {"editor": (405, 302)},
    # Whose page it is: tests/integration/test_checks.py, test_findability.py.
    "lotse_before_publishing": CLOSED | {"editor": (200, 405)},
    "lotse_found": CLOSED | {"editor": (200, 405)},
    # Unanswered questions; who lacks their permission is in tests/integration/test_gaps_report.py.
    "lotse_gaps": CLOSED | {"editor": (200, 405)},
    "lotse_gaps_results": CLOSED | {"editor": (200, 405)},
    "lotse_gap": CLOSED | {"editor": (200, 200)},
    # What it does with a topic that is there is in tests/integration/test_topics_screens.py.
    "lotse_topics": CLOSED | {"editor": (200, 405)},
    "lotse_topic": CLOSED | {"editor": (404, 404)},
    "lotse_feedback": CLOSED | {"editor": (200, 405)},
    "lotse_feedback_results": CLOSED | {"editor": (200, 405)},
    "lotse_feedback_page": CLOSED | {"editor": (404, 404)},  # nobody has said anything of that page
    "lotse_orphans": CLOSED | {"editor": (200, 405)},
    "lotse_orphans_results": CLOSED | {"editor": (200, 405)},
    "lotse_competing": CLOSED | {"editor": (200, 405)},
    "lotse_competing_results": CLOSED | {"editor": (200, 405)},
    "lotse_compare_guides": CLOSED | {"editor": (404, 405)},
    "lotse_findings": CLOSED | {"editor": (200, 405)},
    "lotse_findings_results": CLOSED | {"editor": (200, 405)},
    "lotse_reviews": CLOSED | {"editor": (200, 405)},
    "lotse_reviews_results": CLOSED | {"editor": (200, 405)},
    "lotse_translations": CLOSED | {"editor": (200, 405)},
    "lotse_translations_results": CLOSED | {"editor": (200, 405)},
    "lotse_guide_from_file": CLOSED | {"editor": ("refused", "refused")},  # below a guide
    "lotse_guide_from_gap": CLOSED | {"editor": (200, 405)},
    # Wagtail's dialog, with the name of its filter in the reader's language.
    "wagtailsnippetchoosers_core_taskarea:choose": CLOSED | {"editor": (200, 405)},
    "wagtailsnippetchoosers_core_taskarea:choose_results": CLOSED | {"editor": (200, 405)},
    # For who publishes; that and what it shows is in tests/integration/test_search_health.py.
    "lotse_search_index": CLOSED,
    "lotse_search_index_retry": CLOSED | {"editor": (405, "refused")},
    # Asked for a bridge that there is not: the rest is in tests/integration/test_bridges_admin.py.
    "lotse_bridges:list": CLOSED | {"editor": (200, 405)},
    "lotse_bridges:list_results": CLOSED | {"editor": (200, 405)},
    "lotse_bridges:proposals": CLOSED | {"editor": (200, 404)},
    "lotse_bridges:new": CLOSED | {"editor": (200, 422)},
    "lotse_bridges:bridge": CLOSED | {"editor": (404, 404)},
    "lotse_bridges:edit": CLOSED | {"editor": (404, 404)},
    "lotse_bridges:people": CLOSED | {"editor": (404, 404)},
    "lotse_bridges:add_evidence": CLOSED | {"editor": (404, 404)},
    "lotse_bridges:add_link": CLOSED | {"editor": (404, 404)},
    "wagtailsnippets_core_taskarea:list": LISTS,
    "wagtailsnippets_core_taskarea:list_results": LISTS,
    "wagtailsnippets_core_taskarea:inspect": LISTS,
    "wagtailsnippets_core_taskarea:usage": CLOSED,
    "wagtailsnippets_core_taskarea:history": CLOSED,
    "wagtailsnippets_core_taskarea:history_results": CLOSED,
    "wagtailsnippets_core_taskarea:add": CLOSED,
    "wagtailsnippets_core_taskarea:edit": CLOSED,
    "wagtailsnippets_core_taskarea:delete": CLOSED,
    "search_quality:questions": CLOSED | {"editor": (200, 405)},
    "search_quality:questions_results": CLOSED | {"editor": (200, 405)},
    "search_quality:export": CLOSED | {"editor": (200, 405)},
    "search_quality:import": CLOSED | {"editor": (200, 422)},
    "search_quality:judge": CLOSED | {"editor": (200, 422)},
    "search_quality:runs": CLOSED | {"editor": (200, 405)},
    "search_quality:measure": CLOSED | {"editor": (200, 422)},
    "search_quality:compare": CLOSED | {"editor": (302, 405)},
    # Asked for a key of nothing: what they do with one of theirs is tested in test_evaluation_admin.py.
    "search_quality:question": CLOSED | {"editor": (404, 302)},
    "search_quality:delete": CLOSED | {"editor": (404, 404)},
    "search_quality:run": CLOSED | {"editor": (404, 405)},
    "search_quality:progress": CLOSED | {"editor": (404, 405)},
    "search_quality:delete_run": CLOSED | {"editor": (404, 404)},
}
"""Names below /admin/ whose view is ours, or Wagtail's view of one of our models."""

FOR_EVERYBODY = {
    "wagtailadmin_sprite",
    "wagtailadmin_login",
    "wagtailadmin_password_reset",
    "wagtailadmin_password_reset_done",
    "wagtailadmin_password_reset_confirm",
    "wagtailadmin_password_reset_complete",
    "wagtailadmin_javascript_catalog",
}
"""Names below /admin/ that answer before anybody has signed in: the way in, its icons and texts."""

FOR_ANYBODY_INSIDE = {
    "",
    "wagtail_localize:javascript_catalog",
    "wagtail_localize:translations_report",
    "wagtail_localize:translations_report_results",
    "wagtailadmin_account",
    "wagtailadmin_api:documents:listing",
    "wagtailadmin_api:images:listing",
    "wagtailadmin_api:pages:listing",
    "wagtailadmin_choose_page",
    "wagtailadmin_choose_page_anchor_link",
    "wagtailadmin_choose_page_child",
    "wagtailadmin_choose_page_chosen_multiple",
    "wagtailadmin_choose_page_email_link",
    "wagtailadmin_choose_page_external_link",
    "wagtailadmin_choose_page_phone_link",
    "wagtailadmin_choose_page_search",
    "wagtailadmin_dismissibles",
    "wagtailadmin_editing_sessions:release",
    "wagtailadmin_error_test",
    "wagtailadmin_home",
    "wagtailadmin_pages:choose_parent",
    "wagtailadmin_pages:confirm_workflow_cancellation",
    "wagtailadmin_pages:move_confirm",
    "wagtailadmin_pages:revisions_index",
    "wagtailadmin_reports:site_history",
    "wagtailadmin_reports:site_history_results",
    "wagtailadmin_tag_autocomplete",
}
"""Names below /admin/, all of Wagtail's and wagtail-localize's own, that answer everybody who may enter it: their own
account, choosers and reports that list what this person may choose or see."""

NOT_FOR_EDITORS = [
    "/admin/pages/{page}/unpublish/",
    "/admin/pages/{page}/privacy/",
    "/admin/pages/{page}/delete/",
    "/admin/pages/{page}/lock/",
    "/admin/pages/{page}/unlock/",
    "/admin/settings/core/siteidentity/{site}/",
    "/admin/users/",
    "/admin/users/new/",
    "/admin/users/edit/{user}/",
    "/admin/users/delete/{user}/",
    "/admin/groups/",
    "/admin/groups/new/",
    "/admin/cluster-teams/",
    "/admin/cluster-teams/new/",
    "/admin/locales/new/",
    "/admin/collections/add/",
    "/admin/workflows/add/",
]


def routes(
    resolver: URLResolver | None = None, path: str = "", names: tuple[str, ...] = ()
) -> Iterator[tuple]:
    """(route, name with namespaces, view) of every address."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = path + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, route, (*names, pattern.namespace) if pattern.namespace else names)
        elif isinstance(pattern, URLPattern):
            yield route, ":".join((*names, pattern.name or "")), pattern.callback


def module_of(view) -> str:
    return getattr(getattr(view, "view_class", view), "__module__", "")


def is_ours(name: str, view) -> bool:
    return module_of(view).split(".")[0] in OURS or name.startswith(
        (
            "wagtailsnippets_core_",
            "wagtailsnippets_toolbox_",
            "wagtailsnippets_clusters_",
            "wagtailsnippets_demo_",
        )
    )


def example(route: str, key: int) -> str:
    """An address that the route matches."""
    if "(" in route:
        start, _, pattern = route.partition("^")
        # Wagtail's comparison of revisions names alternatives, which cannot be turned round.
        form, names = normalize(re.sub(r"live\|(earliest|latest)\|", "", pattern))[0]
        return "/" + start + form % dict.fromkeys(names, key)
    path = re.sub(r"<(?:(\w+):)?\w+>", lambda found: str(key) if found[1] == "int" else "core", route)
    path = path.replace("^.*/$", "no-such-address/").replace("^", "").replace("$", "")
    return "/" + path


def outcome(response) -> object:
    if response.status_code == 302:
        if response.url.startswith(("/admin/login/", "/de/anmelden/", "/en/login/")):
            return "sign in"
        if response.url == reverse("wagtailadmin_home"):
            return "refused"
        if response.url == f"/de{response.wsgi_request.get_full_path()}":
            return 404  # Django asks whether the address is there in a language before it gives up
    # What asks for JSON or a fragment is told so by its status.
    return "refused" if response.status_code == 403 else response.status_code


@pytest.fixture
def clients(people):
    found = {"visitor": Client(), "member": Client(), "editor": Client()}
    for name in ("member", "editor"):
        found[name].force_login(getattr(people, name))
    return found


def check(client, address, expected, who):
    given = tuple(outcome(getattr(client, method)(address)) for method in ("get", "post"))
    for is_, wanted in zip(given, expected, strict=True):
        assert wanted == "any" or is_ == wanted, f"{who} on {address}: {given}, expected {expected}"


def test_every_address_outside_the_admin_is_in_the_table():
    with translation.override("de"):
        assert {route for route, _, _ in routes() if not route.startswith("admin/")} == set(PUBLIC)


def test_every_address_of_ours_in_the_admin_is_in_the_table():
    with translation.override("de"):
        found = {name for route, name, view in routes() if route.startswith("admin/") and is_ours(name, view)}
    assert found == set(ADMIN)


def test_public_addresses_answer_as_the_table_says(clients, site):
    for address, answers in PUBLIC.values():
        for who, expected in answers.items():
            if "abmelden" in address:
                continue  # signs the client out: see below
            check(clients[who], address, expected, who)


def test_signing_out_takes_a_post(clients):
    for client in clients.values():
        assert client.get("/de/abmelden/").status_code == 405
        assert client.post("/de/abmelden/").status_code == 302
        assert "_auth_user_id" not in client.session


def test_signing_in_leads_nowhere_else(client, people):
    data = {"username": "member", "password": "secret", "next": "https://example.org/"}
    assert client.post("/de/anmelden/", data).url == "/"


def test_addresses_of_ours_in_the_admin_answer_as_the_table_says(clients, site, make_guide):
    guide = make_guide()
    source, _ = TranslationSource.get_or_create_from_instance(guide)
    gap = Gap.objects.create(language="de", key="0" * 32, words=["Patent"])
    Asking.objects.create(day=timezone.localdate(), language="de", question="Patent?", gap=gap)
    for name, answers in ADMIN.items():
        if "taskarea" in name:
            needs_key = name.rpartition(":")[2] not in {
                "list",
                "list_results",
                "add",
                "choose",
                "choose_results",
            }
            address = reverse(name, args=[site.area.pk] if needs_key else [])
        elif name.startswith(("search_quality:", "lotse_bridges:")):
            address = _with_any_key(name)
        elif name.startswith("lotse_search_index"):
            address = reverse(name)
        elif "gap" in name:
            address = reverse(name, args=[] if "gaps" in name else [gap.pk])
        elif name.startswith("lotse_topic"):
            address = reverse(name, args=[] if name.endswith("s") else [uuid4()])
        elif name == "lotse_compare_guides":
            address = reverse(name, args=[999_998, 999_999])
        elif name.startswith(REPORTS):
            address = _with_any_key(name)
        else:
            address = reverse(name, args=[source.pk if "update" in name else guide.pk])
        for who, expected in answers.items():
            check(clients[who], address, expected, who)
    site.area.refresh_from_db()
    guide.refresh_from_db()
    assert guide.live


def _with_any_key(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return reverse(name, args=[999_999])


def unguarded(
    client: Client,
    key: int,
    allowed: Callable[[str, str], set[object]],
    *,
    among: Iterable[tuple] | None = None,
    export: bool = False,
) -> dict[str, object]:
    """ "method address" -> answer, of addresses below /admin/ that answer otherwise than `allowed(route, name)`."""
    found: dict[str, object] = {}
    client.raise_request_exception = False
    for route, name, _view in among or routes():
        if not route.startswith("admin/") or name in FOR_EVERYBODY or name == "wagtailadmin_logout":
            continue
        address = example(route, key)
        tries = [("get", address), ("post", address), *([("get", f"{address}?export=csv")] if export else [])]
        for method, asked in tries:
            answer = outcome(getattr(client, method)(asked))
            if answer not in allowed(route, name):
                found[f"{method} {asked} ({name})"] = answer
    return found


def _closed(route: str, name: str) -> set[object]:
    # Wagtail's last route takes every address that no other one has, and says that it is not there.
    return {"sign in", "refused", 404} if route.endswith(".*/$") else {"sign in", "refused"}


@pytest.mark.parametrize("who", ["visitor", "member"])
def test_nobody_enters_the_admin_who_may_not(clients, site, who):
    """Wagtail's and wagtail-localize's addresses too, whatever they are."""
    assert len([route for route, _, _ in routes() if route.startswith("admin/")]) > 150
    assert unguarded(clients[who], site.home.pk, _closed) == {}
    assert Page.objects.get(pk=site.home.pk).live


def test_the_admin_alone_gives_nobody_a_right(site, people, make_guide):
    """Somebody who may enter the admin, and nothing else there, opens every address and posts to it. Refused is the
    rule; what is not is named in FOR_ANYBODY_INSIDE. And whatever the answers: no row of any table is another one."""
    make_guide()
    people.member.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client = Client()
    client.force_login(people.member)
    client.get("/admin/")  # Wagtail makes its profile of a user at the first look
    before = rows()

    ours = {name for _, name, view in routes() if is_ours(name, view)}
    assert not ours & FOR_ANYBODY_INSIDE - {""}

    def allowed(route: str, name: str) -> set[object]:
        # 404 and 405: there is nothing with this key that this person could ask for, or not in this way.
        chooser = re.match(r"wagtail.*chooser", name)
        more = {200, 302, 400, 500} if name in FOR_ANYBODY_INSIDE or chooser else set()
        return {"refused", 404, 405} | more

    found = unguarded(client, site.home.pk, allowed, export=True)
    assert found == {}
    assert changed(before, rows()) == set()


def rows() -> dict[str, str]:
    """A digest of each table, but those in which Wagtail and Django note that somebody was there."""
    noted = {"django_session", "wagtailadmin_editingsession", "wagtailusers_userprofile", "accounts_user"}
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor)) - noted
        found = {}
        for table in sorted(tables):
            cursor.execute(
                f"select md5(coalesce(string_agg(t::text, '' order by t::text), '')) from {table} t"
            )
            found[table] = cursor.fetchone()[0]
    return found


def changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {table for table in before if before[table] != after[table]}


def forgotten(request: HttpRequest) -> HttpResponse:
    """A view as somebody in a hurry writes it."""
    Page.objects.filter(slug="home").update(live=False)
    return HttpResponse("secret")


def _with_forgotten(route: str) -> ModuleType:
    """The site's addresses and one more, whose view asks for nothing."""
    urls = ModuleType("urls_with_a_forgotten_view")
    whole = import_module(settings.ROOT_URLCONF)
    urls.urlpatterns = [path(route, forgotten, name="forgotten"), *whole.urlpatterns]
    sys.modules[urls.__name__] = urls
    return urls


def test_a_new_address_is_noticed(clients, site, people, settings):
    """The walk is worth something only if it fails for the address that somebody forgets."""
    forgotten.__module__ = "kb.forgotten"  # as if it were a view of ours
    settings.ROOT_URLCONF = _with_forgotten("admin/heimlich/").__name__
    with pytest.raises(AssertionError, match="forgotten"):
        test_every_address_of_ours_in_the_admin_is_in_the_table()
    before = rows()
    found = unguarded(clients["member"], site.home.pk, _closed, among=list(routes())[:20])
    assert found == {"get /admin/heimlich/ (forgotten)": 200, "post /admin/heimlich/ (forgotten)": 200}
    assert "wagtailcore_page" in changed(before, rows())
    settings.ROOT_URLCONF = _with_forgotten("heimlich/").__name__
    with pytest.raises(AssertionError, match="heimlich"):
        test_every_address_outside_the_admin_is_in_the_table()


def test_editors_do_not_do_what_is_for_others(clients, site, people, make_guide):
    guide = make_guide()
    default = Site.objects.get(is_default_site=True)
    found = {"page": guide.pk, "site": default.pk, "user": people.reviewer.pk}
    for pattern in NOT_FOR_EDITORS:
        address = pattern.format(**found)
        assert outcome(clients["editor"].get(address)) in {"refused", 405}, address
        assert outcome(clients["editor"].post(address)) == "refused", address
    guide.refresh_from_db()
    assert guide.live


def test_the_admin_is_a_matter_of_permission_and_not_of_being_signed_in(clients, people):
    """A member who is given the admin gets in: the refusals above are not for another reason."""
    people.member.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client = Client()
    client.force_login(people.member)
    assert client.get("/admin/").status_code == 200


def test_who_is_signed_in_is_not_sent_to_the_login_again(clients, people, make_guide):
    """The login would send them back to the page, and the page to the login."""
    guide = make_guide()
    make_private(guide, people.roles.reviewers)
    assert outcome(clients["visitor"].get(guide.get_url())) == "sign in"
    response = clients["member"].get(guide.get_url(), follow=True)
    assert response.status_code == 403
    assert guide.title not in response.content.decode()
