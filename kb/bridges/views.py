"""What the clusters' own people do with bridges on the public site."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kb.bridges import acting, permissions, screen, subscribing
from kb.bridges.mine import bridge_of, bridges_of
from kb.bridges.models import Bridge
from kb.bridges.network import network
from kb.bridges.proposals import proposals
from kb.bridges.shown_pages import shown_pages
from kb.clusters.members import clusters_of
from kb.core.reader import reader_of
from search.reader import reading_language

UNDER_WAY = (Bridge.Status.CONTACTED, Bridge.Status.ACTIVE)
PROPOSED = (Bridge.Status.CANDIDATE, Bridge.Status.REVIEWED)
MOST_PROPOSALS = 10


@never_cache
@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Bridges and proposals of the clusters in whose teams the reader is."""
    reader, language = reader_of(request), reading_language()
    clusters = clusters_of(request.user)
    bridges = bridges_of(request.user, reader)
    for one in bridges:
        one.sides = screen.sides(one, reader, language)  # type: ignore[attr-defined]
        one.mine = bool(permissions.answers_for(request.user, one))  # type: ignore[attr-defined]
    found = proposals(reader, language, clusters=clusters) if clusters else []
    shown = []
    for proposed in found[:MOST_PROPOSALS]:
        owners = (proposed.candidate.left.owner, proposed.candidate.right.owner)
        shown.append((proposed, [owner for owner in owners if owner.key not in clusters]))
    return render(
        request,
        "bridges/mine.html",
        {
            "clusters": shown_pages(sorted(clusters), reader, language),
            "under_way": [one for one in bridges if one.status in UNDER_WAY],
            "proposed": [one for one in bridges if one.status in PROPOSED],
            "completed": [one for one in bridges if one.status == Bridge.Status.COMPLETED],
            "proposals": shown,
            "more": len(found) - len(shown),
            "subscription": subscribing.subscription_of(request.user),
            "may_view_room": permissions.may_view(request.user),
        },
    )


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def bridge(request: HttpRequest, bridge_id: int) -> HttpResponse:
    """GET shows a bridge of the reader's clusters; POST takes a step (who is responsible) or comments."""
    reader = reader_of(request)
    found = bridge_of(request.user, reader, bridge_id)
    if found is None:
        raise Http404
    typed, status = None, 200
    if request.method == "POST":
        done, typed = acting.act(bridge=found, user=request.user, data=request.POST)
        if done:
            messages.success(request, done)
            return redirect("bridges:bridge", bridge_id)
        status = 409 if typed.conflict else 422
        found = Bridge.objects.get(pk=bridge_id)
    context = screen.context(found, request.user, reader, reading_language(), request=request, typed=typed)
    return render(request, "bridges/mine_bridge.html", context, status=status)


@never_cache
@login_required
@require_POST
def mail(request: HttpRequest) -> HttpResponse:
    """Subscribes to the digest or ends the subscription."""
    if request.POST.get("wanted") == "yes":
        if not clusters_of(request.user):
            raise Http404
        subscribing.subscribe(request.user, request.POST.get("language", reading_language()))
        messages.success(request, _("You will get a mail on Mondays when there is something new."))
    else:
        subscribing.unsubscribe(request.user)
        messages.success(request, _("You will get no more mail about cluster bridges."))
    return redirect("bridges:mine")


@require_safe
def network_map(request: HttpRequest) -> HttpResponse:
    """GET ?status=&industry= ; the map and, as a table, everything on it."""
    found = network(request, reading_language())  # all of it: what may be chosen, and whether a choice exists
    chosen = {"status": request.GET.get("status", ""), "industry": request.GET.get("industry", "")}
    if chosen["status"] not in Bridge.PUBLIC:
        chosen["status"] = ""
    if chosen["industry"] not in found.industries:
        chosen["industry"] = ""
    if any(chosen.values()):
        found = network(request, reading_language(), **chosen)
    response = render(
        request,
        "bridges/map.html",
        {
            "network": found,
            "data": found.as_data(),
            "statuses": [(status, Bridge.Status(status).label) for status in Bridge.PUBLIC],
            "industries": [(name, name) for name in found.industries],
            "chosen": chosen,
        },
    )
    # What a member is shown must not wait in a shared cache.
    response["Cache-Control"] = "private, no-store" if request.user.is_authenticated else "private, max-age=0"
    return response


# The link in the mail, opened by people and, as RFC 8058 has it, posted to by their mail program without a cookie.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks, POST ends the subscription. The signed token stands for the login; a used one says the same."""
    if not subscribing.is_genuine(token):
        raise Http404
    if request.method == "POST":
        subscribing.unsubscribe_by(token)
    response = render(request, "bridges/unsubscribe.html", {"done": request.method == "POST"})
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
