""" "Was this helpful?" without an account, without a cookie, and without a script.

The forms carry no CSRF token, which would need a cookie: nothing here depends on who is signed in, so another site
could only make a visitor say what it could say itself. What a browser marks as coming from elsewhere is refused.
"""

from __future__ import annotations

from math import ceil
from urllib.parse import urlencode, urlsplit

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from wagtail.models import Page

from kb import limits
from kb.core.reader import reader_of
from kb.core.visibility import visible_to
from kb.feedback import services
from kb.feedback.forms import ReasonForm

FRAGMENT = "X-Lotse-Fragment"
"""sent by js/helpful.js, which puts the answer in the place of the question"""


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def feedback(request: HttpRequest, page_id: int) -> HttpResponse:
    """POST helpful=yes|no notes an answer. POST told=…&reason=&text= adds why. GET ?told=… shows the form for that.

    Raises Http404 for a page that the reader cannot see, PermissionDenied for a form on another site.
    """
    page = _page(request, page_id)
    if request.method != "POST":
        return _form(request, page, request.GET.get("told", ""))
    if not _from_here(request):
        raise PermissionDenied
    if request.POST.get("website"):  # a field that people do not see, and programs fill in
        return _thanks(request, page)
    if "told" in request.POST:
        return _form(request, page, request.POST["told"])
    helpful = request.POST.get("helpful")
    if helpful not in ("yes", "no"):
        return HttpResponseRedirect(f"{page.get_url(request)}#helpful")
    if seconds := limits.seconds_to_wait(request, "feedback"):
        response = _rendered(request, "later", {"page": page}, status=429)
        response["Retry-After"] = str(ceil(seconds))
        return response
    told = services.note(page, helpful=helpful == "yes")
    if _wants_fragment(request):
        return _form(request, page, told)
    return HttpResponseRedirect(f"{reverse('feedback:feedback', args=[page.pk])}?{urlencode({'told': told})}")


def _form(request: HttpRequest, page: Page, told: str) -> HttpResponse:
    answer = services.noted(page, told)
    if answer is None:
        return _thanks(request, page)
    form = ReasonForm(request.POST if "told" in request.POST else None, helpful=answer.helpful)
    if form.is_valid():
        services.add_reason(
            answer, reason=form.cleaned_data.get("reason", ""), text=form.cleaned_data["text"]
        )
        return _thanks(request, page)
    status = 422 if form.is_bound else 200
    return _rendered(
        request, "form", {"page": page, "form": form, "told": told, "answer": answer}, status=status
    )


def _thanks(request: HttpRequest, page: Page) -> HttpResponse:
    return _rendered(request, "thanks", {"page": page})


def _rendered(
    request: HttpRequest, name: str, context: dict[str, object], *, status: int = 200
) -> HttpResponse:
    page = context["page"]
    assert isinstance(page, Page)
    context |= {"told_page": page, "back": page.get_url(request), "part": f"feedback/{name}.html"}
    del context["page"]  # or the head of the answer would claim to be that page
    template = context["part"] if _wants_fragment(request) else "feedback/page.html"
    response = render(request, str(template), context, status=status)
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def _page(request: HttpRequest, page_id: int) -> Page:
    page = visible_to(Page.objects.filter(pk=page_id), reader_of(request)).first()
    if page is None or page.get_url(request) is None:
        raise Http404
    return page


def _wants_fragment(request: HttpRequest) -> bool:
    return FRAGMENT in request.headers


def _from_here(request: HttpRequest) -> bool:
    """What the browser says of where the form stood; programs without these headers are not tricked by a site."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.get_host()
