"""One bridge: what it is about, its evidence side by side, what happened, what can come next."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail.admin import messages

from kb.bridges import acting, evidence, permissions, screen, services
from kb.bridges.acting import Typed
from kb.bridges.admin.guards import BridgeScreen
from kb.bridges.models import Bridge, Evidence, LinkedPage


class BridgeView(BridgeScreen):
    """GET shows the bridge; POST takes a step, comments, or removes a passage or a link."""

    template_name = "bridges/admin/bridge.html"
    page_title_is_a_part = False

    def get_page_title(self) -> str:
        return str(self.bridge)

    def get_context_data(self, typed: Typed | None = None, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        user = self.request.user
        shown = screen.context(
            self.bridge, user, self.reader, self.language, request=self.request, typed=typed
        )
        draft = screen.draft_url(self.bridge)
        return {
            **context,
            **shown,
            "may_change": permissions.may_change(user),
            "offline": evidence.offline(self.bridge, user),
            "may_make_page": permissions.may_change(user)
            and not draft
            and self.bridge.status in Bridge.PUBLIC,
            "draft_url": draft,
        }

    def post(self, request: HttpRequest, bridge_id: int) -> HttpResponse:
        done, typed = self._act(request)
        if done:
            messages.success(request, done)
            return redirect(self.here)
        del self.bridge  # what somebody else did meanwhile is to be seen
        for text in typed.errors.get("", []):
            messages.error(request, text)
        context = self.get_context_data(typed=typed)
        return self.render_to_response(context, status=409 if typed.conflict else 422)

    def _act(self, request: HttpRequest) -> tuple[str, Typed]:
        action = request.POST.get("action", "")
        if action in {"step", "comment"}:
            return acting.act(bridge=self.bridge, user=request.user, data=request.POST)
        change: dict[str, Any] = {
            "bridge_id": self.bridge.pk,
            "by": request.user,
            "version": acting.version_of(request.POST),
        }
        try:
            if action == "remove_evidence":
                services.remove_evidence(**change, evidence_id=_key(request))
                return _("The passage has been removed."), Typed()
            if action == "unlink":
                services.unlink(**change, link_id=_key(request))
                return _("The link has been removed."), Typed()
            if action == "make_page":
                services.make_page(**change)
                return _(
                    "A draft of the public page has been made. Please write, translate and publish it."
                ), Typed()
        except services.Outdated as error:
            return "", Typed(action=action, conflict=True, meanwhile=error.last)
        except ValidationError as error:
            return "", Typed(action=action, errors={"": list(error.messages)})
        except (Evidence.DoesNotExist, LinkedPage.DoesNotExist):
            raise Http404 from None
        raise Http404


def _key(request: HttpRequest) -> int:
    raw = request.POST.get("key", "")
    if not (raw.isascii() and raw.isdigit() and len(raw) < 12):
        raise Http404
    return int(raw)
