"""What everybody may read of a bridge: a page that tells of the cooperation, and the list of these pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField

from kb.bridges.models.bridge import Bridge
from kb.core import listing, passages
from kb.core.blocks import BodyBlock
from kb.core.models import BasePage, IndexPage
from kb.core.panels import tabs
from search.protocol import Passage, RelatedLink


class BridgeIndexPage(IndexPage):
    """Lists the bridges that are active or completed."""

    template = "pages/bridge_index_page.html"
    parent_page_types = ["core.HomePage"]
    subpage_types = ["bridges.BridgePage"]
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("overview of cluster bridges")
        verbose_name_plural = _("overviews of cluster bridges")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Adds `items`, `statuses` and `selected` (the filters in force)."""
        from kb.bridges import public

        context = super().get_context(request, *args, **kwargs)
        found = public.below(self, request)
        selected = {}
        if (status := request.GET.get("status")) in Bridge.PUBLIC:
            selected["status"] = status
            found = found.filter(status=status)
        context["items"] = listing.paginate(found, request)
        context["items"].object_list = public.with_clusters(context["items"].object_list, request)
        context["statuses"] = [(status, Bridge.Status(status).label) for status in Bridge.PUBLIC]
        context["selected"] = selected
        return context


class BridgePage(BasePage):
    """A bridge as the clusters tell of it. Its clusters, status and linked pages are those of the record."""

    search_kind = "bridge"
    shows_related = True

    body = StreamField(BodyBlock(required=False), verbose_name=_("text"), blank=True)

    template = "pages/bridge_page.html"
    parent_page_types = ["bridges.BridgeIndexPage"]
    subpage_types: list[str] = []
    # Made from a record only (kb.bridges.services.make_page): without one it would concern nobody.
    is_creatable = False
    content_panels = [*BasePage.content_panels, FieldPanel("body")]
    edit_handler = tabs(content_panels, maintenance=BasePage.keyword_panels)

    class Meta:
        verbose_name = _("page of a cluster bridge")
        verbose_name_plural = _("pages of cluster bridges")

    @cached_property
    def bridge(self) -> Bridge | None:
        """The record behind the page."""
        return Bridge.objects.filter(page_key=self.translation_key).first()

    def missing_for_publication(self) -> Mapping[str, Any]:
        missing = dict(super().missing_for_publication())
        if self.bridge is None or self.bridge.status not in Bridge.PUBLIC:
            missing[NON_FIELD_ERRORS] = _(
                "This page can be published as soon as the bridge is active. Set its status under Cluster bridges first."
            )
        return missing

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Adds `bridge` and, in the reader's language and as far as visible, `bridge_clusters`, `guides`, `results`."""
        from kb.bridges import public

        context = super().get_context(request, *args, **kwargs)
        return {**context, **public.of_page(self, request)}

    def own_passages(self) -> Iterator[Passage]:
        yield from passages.from_stream(self.body)

    def search_facets(self) -> Mapping[str, Sequence[str]]:
        keys = self.bridge.clusters.values_list("cluster_key", flat=True) if self.bridge else []
        return {"cluster": [str(key) for key in keys]}

    def related_links(self) -> Sequence[RelatedLink]:
        from kb.bridges import public

        return public.links_of(self)
