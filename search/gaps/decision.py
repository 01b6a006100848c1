"""One unanswered question: how it was asked, what is near, and what an editor decides about it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.views.generic import PermissionCheckedMixin
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.permission_policies import ModelPermissionPolicy

from search.gaps import selectors
from search.gaps.models import Gap, MonthCount
from search.gaps.report import permissions, show


class DecisionForm(forms.ModelForm):
    """Dismissing asks for a reason: the next editor would ask for it."""

    class Meta:
        model = Gap
        fields = ["state", "note"]
        widgets = {"state": forms.RadioSelect, "note": forms.Textarea(attrs={"rows": 3})}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("state") == Gap.State.DISMISSED and not (cleaned.get("note") or "").strip():
            self.add_error("note", _("Please say in a few words why nothing needs to be done."))
        return cleaned


class GapView(PermissionCheckedMixin, WagtailAdminTemplateMixin, FormView):
    """GET shows a gap to those who may read the report, POST decides about it, for those who may."""

    http_method_names = ["get", "head", "post", "options"]
    form_class = DecisionForm
    template_name = "gaps/gap.html"
    page_title = _("Unanswered question")
    header_icon = "help"
    permission_required = "view"

    @cached_property
    def permission_policy(self) -> ModelPermissionPolicy:
        return permissions()

    @cached_property
    def gap(self) -> Any:
        gap = selectors.listed(timezone.localdate()).filter(pk=self.kwargs["gap_id"]).first()
        if gap is None:
            raise Http404
        show(self.request, [gap])
        return gap

    @cached_property
    def may_decide(self) -> bool:
        return bool(self.user_has_permission("change"))

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse_lazy("lotse_gaps"), "label": _("Unanswered questions")},
            {"url": "", "label": self.get_page_title()},
        ]

    def get_form_kwargs(self) -> dict[str, Any]:
        # A row of its own: a form that is not valid leaves its values on the instance, and `gap` is shown.
        return {**super().get_form_kwargs(), "instance": Gap.objects.get(pk=self.gap.pk)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["gap"] = self.gap
        context["months"] = MonthCount.objects.filter(gap=self.gap.pk).order_by("-month")
        context["may_decide"] = self.may_decide
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.may_decide:
            raise PermissionDenied
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: DecisionForm) -> HttpResponse:
        decided = form.save(commit=False)
        decided.decided_by, decided.decided_at = self.request.user, timezone.now()
        # Not `save`: the check may have renewed the words and the nearest pages meanwhile.
        decided.save(update_fields=["state", "note", "decided_by", "decided_at"])
        # The message says nothing of the question: messages travel in cookies and sessions.
        messages.success(
            self.request,
            _("Saved: the question is now “%(state)s”.") % {"state": decided.get_state_display()},
        )
        return redirect(reverse("lotse_gaps"))
