"""Topics in the admin: all of them by owner, and one to rename, hide or merge."""

from __future__ import annotations

from itertools import groupby
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse, reverse_lazy
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView, TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic import PermissionCheckedMixin
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.permission_policies import ModelPermissionPolicy

from search.reader import Reader, reading_language
from search.topics import selectors, services
from search.topics.forms import TopicForm
from search.topics.models import Topic
from search.topics.reading import ReadTopic


def permissions() -> ModelPermissionPolicy:
    """Who may read ("view") and who may decide ("change")."""
    return ModelPermissionPolicy(Topic)


class _TopicScreen(PermissionCheckedMixin, WagtailAdminTemplateMixin):
    permission_required = "view"
    header_icon = "tag"

    @cached_property
    def permission_policy(self) -> ModelPermissionPolicy:
        return permissions()

    @cached_property
    def topics(self) -> list[ReadTopic]:
        """Those that this editor may see, hidden ones too."""
        return selectors.all_topics(Reader.of(self.request.user), reading_language(), hidden=True)

    @cached_property
    def may_decide(self) -> bool:
        return bool(self.user_has_permission("change"))


class TopicList(_TopicScreen, TemplateView):
    """All topics by owner, strongest first."""

    http_method_names = ["get", "head", "options"]
    template_name = "topics/list.html"
    page_title = _("Topics of clusters")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        by_title = sorted(self.topics, key=lambda topic: (topic.owner.title.casefold(), topic.owner.key))
        context["owners"] = [
            (owner, list(some)) for owner, some in groupby(by_title, key=lambda topic: topic.owner)
        ]
        context["may_decide"] = self.may_decide
        return context


class TopicView(_TopicScreen, FormView):
    """GET shows a topic with what it comes from to those who may read the list, POST decides, for those who may."""

    http_method_names = ["get", "head", "post", "options"]
    form_class = TopicForm
    template_name = "topics/topic.html"
    page_title = _("Topic")

    @cached_property
    def topic(self) -> ReadTopic:
        for topic in self.topics:
            if topic.key == self.kwargs["key"]:
                return topic
        raise Http404

    @cached_property
    def row(self) -> Topic:
        return Topic.objects.select_related("decided_by").get(pk=self.topic.key)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse_lazy("lotse_topics"), "label": _("Topics of clusters")},
            {"url": "", "label": self.get_page_title()},
        ]

    def get_form_kwargs(self) -> dict[str, Any]:
        others = [
            one for one in self.topics if one.owner.key == self.topic.owner.key and one.key != self.topic.key
        ]
        return {
            **super().get_form_kwargs(),
            "topic": self.row,
            "others": others,
            "has_merged": self.row.merged.exists(),
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context.update(topic=self.topic, row=self.row, may_decide=self.may_decide)
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.may_decide:
            raise PermissionDenied
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: TopicForm) -> HttpResponse:
        key, user = self.topic.key, self.request.user
        with transaction.atomic():
            services.rename(key, form.labels(), by=user)
            services.hide(key, hidden=form.cleaned_data["hidden"], by=user)
            if form.cleaned_data.get("apart"):
                for merged in self.row.merged.values_list("pk", flat=True):
                    services.merge(merged, None, by=user)
            if into := form.cleaned_data["merged_into"]:
                services.merge(key, UUID(into), by=user)
        messages.success(self.request, _("Saved."))
        return redirect(reverse("lotse_topics"))
