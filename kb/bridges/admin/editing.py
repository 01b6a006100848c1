"""The forms around a bridge: new, texts and clusters, people, evidence, links."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.models import Page

from kb.bridges import acting, evidence, services
from kb.bridges.admin.forms import (
    BridgeForm,
    EvidenceForm,
    EvidencePageForm,
    LinkForm,
    PeopleForm,
    cluster_choices,
)
from kb.bridges.admin.guards import BridgeScreen
from kb.bridges.models import Bridge
from kb.bridges.people import name_of
from kb.bridges.shown_pages import shown_pages
from kb.core.visibility import visible_to


class FormScreen(BridgeScreen):
    """A form on a screen of its own. `save` writes, and says where to go and what to tell."""

    may_write = True
    template_name = "bridges/admin/form.html"
    button = ""

    def get_form(self, data: Any = None) -> Any:
        raise NotImplementedError

    def save(self, form: Any) -> tuple[str, str]:
        raise NotImplementedError

    @property
    def version(self) -> int:
        """Of the bridge as the form was opened."""
        return acting.version_of(self.request.POST)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", self.get_form())
        context = super().get_context_data(**kwargs)
        context["media"] = kwargs["form"].media
        context["button"] = self.button or _("Save")
        context["bridge"] = self.bridge if "bridge_id" in self.kwargs else None
        context["back"] = self.here if "bridge_id" in self.kwargs else reverse("lotse_bridges:list")
        return context

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self.get_form(request.POST)
        if form.is_valid():
            try:
                address, done = self.save(form)
            except services.Outdated as error:
                # The form keeps what was typed; it now carries the version that is to be written over.
                del self.bridge
                context = self.get_context_data(form=form, meanwhile=error.last)
                if error.last is not None:
                    error.last.who = name_of(error.last.by)  # type: ignore[attr-defined]
                return self.render_to_response({**context, "conflict": True}, status=409)
            except ValidationError as error:
                for name, texts in acting.problems(error).items():
                    for text in texts:
                        form.add_error(name if name in form.fields else None, text)
            else:
                if done:
                    messages.success(request, done)
                return redirect(address)
        return self.render_to_response(self.get_context_data(form=form), status=422)

    @cached_property
    def offered(self) -> list[Any]:
        """The clusters that the editor may see."""
        return cluster_choices(self.language, visible_to(Page.objects.all(), self.reader))


class NewBridgeView(FormScreen):
    """A bridge that people thought of themselves."""

    def get_page_title(self) -> str:
        return _("New bridge")

    def get_form(self, data: Any = None) -> Any:
        return BridgeForm(data, offered=self.offered)

    def save(self, form: BridgeForm) -> tuple[str, str]:
        bridge = services.make(
            by=self.request.user,
            texts=form.texts(),
            clusters=form.cleaned_data["clusters"],
            kind=form.cleaned_data["kind"],
        )
        return (
            reverse("lotse_bridges:bridge", args=[bridge.pk]),
            _("The bridge has been made. Now add the passages that speak for it."),
        )


class EditBridgeView(FormScreen):
    """Title, problem, kind, clusters."""

    def get_page_title(self) -> str:
        return _("Edit")

    @cached_property
    def out_of_sight(self) -> list[UUID]:
        """Clusters of the bridge that the editor may not see: they stay."""
        seen = {page.translation_key for page in self.offered}
        return [one.cluster_key for one in self.bridge.clusters.all() if one.cluster_key not in seen]

    def get_form(self, data: Any = None) -> Any:
        chosen = [str(one.cluster_key) for one in self.bridge.clusters.all()]
        # A row of its own: a form that is not valid leaves its values on the instance.
        instance = Bridge.objects.get(pk=self.bridge.pk)
        form = BridgeForm(data, instance=instance, offered=self.offered, initial={"clusters": chosen})
        form.kept = len(self.out_of_sight)
        return form

    def save(self, form: BridgeForm) -> tuple[str, str]:
        services.edit(
            bridge_id=self.bridge.pk,
            by=self.request.user,
            version=self.version,
            texts=form.texts(),
            clusters=[*form.cleaned_data["clusters"], *self.out_of_sight],
            kind=form.cleaned_data["kind"],
        )
        return self.here, _("Saved.")


class PeopleView(FormScreen):
    """Who answers for each cluster."""

    def get_page_title(self) -> str:
        return _("Responsible persons")

    @cached_property
    def named(self) -> dict[UUID, list[int]]:
        return {
            side.cluster_key: [one.user_id for one in side.responsible.all()]
            for side in self.bridge.clusters.prefetch_related("responsible")
        }

    def get_form(self, data: Any = None) -> Any:
        seen = shown_pages(self.named, self.reader, self.language)
        clusters = [(page.translation_key, page.title) for page in seen]
        return PeopleForm(data, clusters=clusters, chosen=self.named)

    def save(self, form: PeopleForm) -> tuple[str, str]:
        services.set_responsible(
            bridge_id=self.bridge.pk,
            by=self.request.user,
            version=self.version,
            people=self.named | form.people(),
        )
        return self.here, _("Saved.")


class AddEvidenceView(FormScreen):
    """First the page (?page=), then its passage."""

    template_name = "bridges/admin/evidence_form.html"

    def get_page_title(self) -> str:
        return _("Add a passage")

    @cached_property
    def chosen_page(self) -> Any:
        """The page to take a passage from; None while there is none that the editor may see."""
        raw = self.request.GET.get("page", "")
        if not (raw.isascii() and raw.isdigit() and len(raw) < 10):
            return None
        return visible_to(Page.objects.filter(pk=int(raw)), self.reader).specific().first()

    def get_form(self, data: Any = None) -> Any:
        if self.chosen_page is None:
            given = data if data is not None or "page" not in self.request.GET else self.request.GET
            pages = visible_to(Page.objects.filter(depth__gt=2), self.reader)
            return EvidencePageForm(given, pages=pages)
        passages = [
            (anchor, f"{heading}: {text}" if heading else text)
            for anchor, heading, text in services.passages_of(self.chosen_page)
        ]
        order = [one.cluster_key for one in self.bridge.clusters.all()]
        clusters = [
            (str(page.translation_key), page.title) for page in shown_pages(order, self.reader, self.language)
        ]
        rows = [
            (str(row.number), Truncator(row.passages[0].text).chars(90))
            for row in evidence.rows(self.bridge, self.reader, language=self.language)
        ]
        return EvidenceForm(data, clusters=clusters, rows=rows, passages=_shortened(passages))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(chosen_page=self.chosen_page, **kwargs)

    def save(self, form: Any) -> tuple[str, str]:
        if self.chosen_page is None:
            page = form.cleaned_data["page"].pk
            return f"{reverse('lotse_bridges:add_evidence', args=[self.bridge.pk])}?page={page}", ""
        services.add_evidence(
            bridge_id=self.bridge.pk,
            by=self.request.user,
            version=self.version,
            page=self.chosen_page,
            anchor=form.cleaned_data["anchor"],
            cluster=form.cleaned_data["cluster"],
            row=form.row_number(),
        )
        return self.here, _("The passage has been added as it stands today.")


def _shortened(passages: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(anchor, Truncator(text).chars(400)) for anchor, text in passages]


class AddLinkView(FormScreen):
    """A guide that helps, or a page that came of the bridge."""

    def get_page_title(self) -> str:
        return _("Link a page")

    def get_form(self, data: Any = None) -> Any:
        return LinkForm(data, pages=visible_to(Page.objects.filter(depth__gt=2), self.reader))

    def save(self, form: LinkForm) -> tuple[str, str]:
        services.link(
            bridge_id=self.bridge.pk,
            by=self.request.user,
            version=self.version,
            page=form.cleaned_data["page"],
            role=form.cleaned_data["role"],
        )
        return self.here, _("The page has been linked.")
