"""What the machine proposes: take it up, or turn it down with a reason."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin import messages

from kb.bridges import permissions
from kb.bridges.acting import problems
from kb.bridges.admin.guards import BridgeScreen
from kb.bridges.people import name_of
from kb.bridges.proposals import proposals, take_up, turn_down

PER_PAGE = 10


class ProposalsView(BridgeScreen):
    """GET lists proposals, best first; POST deals with one, for those who may."""

    template_name = "bridges/admin/proposals.html"

    def get_page_title(self) -> str:
        return _("Proposals")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = proposals(self.reader, self.language)
        for one in found:
            if one.rejection is not None:
                one.rejection.who = name_of(one.rejection.by)  # type: ignore[attr-defined]
        user = self.request.user
        return super().get_context_data(
            items=Paginator(found, PER_PAGE).get_page(self.request.GET.get("p")),
            may_write=permissions.may_change(user) and permissions.may_add(user),
            **kwargs,
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        key, action = request.POST.get("key", ""), request.POST.get("action", "")
        try:
            if action == "take_up":
                bridge = take_up(key=key, by=request.user, language=self.language)
                messages.success(request, _("Taken up. Please read the evidence, then mark it as reviewed."))
                return redirect("lotse_bridges:bridge", bridge.pk)
            if action == "turn_down":
                reason = request.POST.get("reason", "")
                bridge = turn_down(key=key, by=request.user, language=self.language, reason=reason)
                messages.success(
                    request,
                    _("Turned down. It comes back only if there is new evidence."),
                    buttons=[
                        messages.button(reverse("lotse_bridges:bridge", args=[bridge.pk]), _("Show it"))
                    ],
                )
                return redirect("lotse_bridges:proposals")
        except ValidationError as error:
            found = problems(error)
            for texts in found.values():
                for text in texts:
                    messages.error(request, text)
            context = self.get_context_data(
                typed_key=key, typed_reason=request.POST.get("reason", ""), errors=found.get("reason", [])
            )
            return self.render_to_response(context, status=422)
        raise Http404
