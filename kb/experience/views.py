""" "We did this": a member of a cluster tells of their work with a guide."""

from __future__ import annotations

from math import ceil

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kb import limits
from kb.core.reader import reader_of
from kb.core.visibility import visible_to
from kb.experience import services, tasks
from kb.experience.forms import ShortReportForm
from kb.toolbox.models import PracticeGuide
from search import nudge
from search.reader import reading_language


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def we_did_this(request: HttpRequest, guide_id: int) -> HttpResponse:
    """GET shows the form, or how to get an account; POST sends it. Raises Http404 for a guide that the reader cannot
    see, and where the site has no place for examples."""
    guide = _guide(request, guide_id)
    room = services.room_for(guide)
    if room is None:
        raise Http404
    context = {"guide": guide, "back": guide.get_url(request)}
    if not request.user.is_authenticated:
        return render(request, "experience/account.html", context)
    if "sent" in request.GET and request.method != "POST":
        return render(request, "experience/thanks.html", context)
    clusters = services.clusters_to_choose(request.user, reading_language(), request)
    if not clusters:
        return render(request, "experience/no_cluster.html", context)
    form = ShortReportForm(
        request.POST if request.method == "POST" else None,
        clusters=[(str(page.pk), page.title) for page in clusters],
    )
    context |= {"form": form, "one_cluster": clusters[0] if len(clusters) == 1 else None}
    if not form.is_bound:
        return render(request, "experience/form.html", context)
    if not form.is_valid():
        return render(request, "experience/form.html", context, status=422)
    if seconds := limits.seconds_to_wait(request, "short reports"):
        response = render(request, "experience/form.html", context | {"later": True}, status=429)
        response["Retry-After"] = str(ceil(seconds))
        return response
    chosen = next(page for page in clusters if str(page.pk) == form.cleaned_data["cluster"])
    services.send(guide=guide, cluster=chosen, room=room, user=request.user, said=form.cleaned_data)
    nudge.soon(tasks.hand_on)
    return redirect(f"{reverse('experience:tell', args=[guide.pk])}?sent")


def _guide(request: HttpRequest, guide_id: int) -> PracticeGuide:
    guide = visible_to(
        PracticeGuide.objects.filter(pk=guide_id, alias_of__isnull=True), reader_of(request)
    ).first()
    if guide is None or guide.get_url(request) is None:
        raise Http404
    return guide
