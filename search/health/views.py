"""The screen "Search index" and its one action."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Page as PaginatorPage
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.models import Page

from search import model_change
from search.health import selectors
from search.health.models import Sign
from search.health.permission import may_retry, may_view
from search.health.selectors import Failure
from search.health.wording import error_in_words, problem_in_words
from search.index import claims
from search.nudge import sweep_soon
from search.reports import language_name

PER_PAGE = 25


@dataclass(frozen=True)
class Line:
    """A failure as this user may see it: without title, address and details where they may not edit the page."""

    failure: Failure
    words: str
    title: str
    edit_url: str
    details: str


class IndexView(WagtailAdminTemplateMixin, TemplateView):
    """For who `may_view`: what is there, what is due, what works on it, what failed."""

    template_name = "health/index.html"
    page_title = ""
    header_icon = "search"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_view(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self) -> str:
        return _("Search index")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        now, seen, queue = timezone.now(), selectors.signs(), selectors.queue()
        (pager, failures), model = self._failures(), model_change.state()
        eta = model.change.eta_seconds if model.change else None
        languages = [(language_name(one.code) if one.code else "–", one) for one in selectors.languages()]
        return context | {
            "problems": [problem_in_words(problem) for problem in selectors.problems()],
            "model": model,
            "model_eta": _duration(None if eta is None else timedelta(seconds=eta)),
            "languages": languages,
            "queue": queue,
            "waits": _duration(queue.waits),
            "eta": _duration(queue.eta),
            "signs": [
                (part.label, seen.get(part), seen.get(part) and now - seen[part] <= selectors.SILENT)
                for part in Sign.Part
            ],
            "broker": selectors.broker_answers(),
            "verified_since": selectors.verified_since(),
            "approximate": selectors.approximate(),
            "failures": pager,
            "lines": [self._line(failure) for failure in failures],
            "may_retry": may_retry(self.request.user),
        }

    def _failures(self) -> tuple[PaginatorPage[int], list[Failure]]:
        """A page of the list as numbers, for its pager, and what stands on it."""
        total = selectors.failures(limit=1)[1]
        page = Paginator(range(total), PER_PAGE).get_page(self.request.GET.get("p"))
        return page, selectors.failures(offset=(page.number - 1) * PER_PAGE, limit=PER_PAGE)[0]

    def _line(self, failure: Failure) -> Line:
        page = Page.objects.filter(pk=failure.page_id).first()
        may_edit = page is not None and page.permissions_for_user(self.request.user).can_edit()
        return Line(
            failure=failure,
            words=error_in_words(failure.error),
            title=failure.title if may_edit else "",
            edit_url=reverse("wagtailadmin_pages:edit", args=[failure.page_id]) if may_edit else "",
            details=failure.error if may_edit else "",
        )


@require_POST
def retry(request: HttpRequest) -> HttpResponse:
    """POST page=ID tries one page again, without it all failed ones."""
    if not may_retry(request.user):
        raise PermissionDenied
    wanted = request.POST.get("page", "")
    # Whatever the number stands for, the answer is the same: it tells nobody which pages there are.
    pages = [int(wanted)] if wanted.isascii() and wanted.isdigit() and len(wanted) < 19 else None
    if wanted and pages is None:
        messages.error(request, _("There is no such page."))
    else:
        count = claims.retry(pages)
        sweep_soon()
        if pages is None:
            text = ngettext("%(n)s page will be tried again.", "%(n)s pages will be tried again.", count)
            messages.success(request, text % {"n": count})
        else:
            messages.success(request, _("The page will be tried again."))
    return redirect("lotse_search_index")


def _duration(time: timedelta | None) -> str:
    """In the largest unit that fits, rounded up; "" for none."""
    if time is None:
        return ""
    seconds = max(0, int(time.total_seconds()))
    for size, text in (
        (86_400, lambda n: ngettext("%(n)s day", "%(n)s days", n)),
        (3_600, lambda n: ngettext("%(n)s hour", "%(n)s hours", n)),
        (60, lambda n: ngettext("%(n)s minute", "%(n)s minutes", n)),
    ):
        if seconds >= size:
            number = round(seconds / size)
            return text(number) % {"n": number}
    return ngettext("%(n)s second", "%(n)s seconds", seconds) % {"n": seconds}
