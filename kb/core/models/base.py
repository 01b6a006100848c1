"""What every page of Lotse has, and what it offers to the index."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone, translation
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.admin.widgets import AdminAutoHeightTextInput
from wagtail.fields import RichTextField
from wagtail.models import Page, Revision
from wagtail.search import index

from kb.core import passages, publication, related, rich_text
from kb.core.addresses import CopyPageForm, slug_of
from kb.core.forms import BasePageForm
from kb.core.locales import code_of
from kb.core.panels import tabs
from kb.core.plain_text import plain_text
from search.protocol import Passage, RelatedLink


class BasePage(Page):
    """A page with a summary. Abstract: wagtail-localize does not support a custom concrete base model."""

    summary = models.CharField(
        _("summary"),
        max_length=300,
        help_text=_("What a reader gets out of this page, in at most 300 characters. Shown in lists."),
    )
    keywords = models.CharField(
        _("further words"),
        max_length=250,
        blank=True,
        help_text=_("Words people search for that are not in the title, separated by commas."),
    )
    image = models.ForeignKey(
        "core.LotseImage",
        verbose_name=_("image"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Shown at the top of the page and in lists."),
    )

    search_kind: ClassVar[str] = "page"
    shows_related: ClassVar[bool] = False

    search_fields = [*Page.search_fields, index.SearchField("summary"), index.SearchField("keywords")]
    content_panels = [
        *Page.content_panels,
        FieldPanel("summary", widget=AdminAutoHeightTextInput),
        FieldPanel("image"),
    ]
    keyword_panels = [FieldPanel("keywords")]

    class Meta:
        abstract = True

    # --- What the index asks (search.protocol.Searchable) ---

    @property
    def is_indexable(self) -> bool:
        """False for what the index must not hold a second time: an alias shows another page's text."""
        return self.alias_of_id is None

    def passages(self) -> Iterable[Passage]:
        """Summary first, then what the page type adds; headings in the page's own language."""
        with translation.override(self.language):
            return [
                *passages.from_text(self.summary, "summary"),
                *self.own_passages(),
            ]

    def own_passages(self) -> Iterator[Passage]:
        """The passages of this page type, below its summary. Runs in the page's language."""
        yield from ()

    def search_facets(self) -> Mapping[str, Sequence[str]]:
        """Translation keys (as text) by facet: "task_area", "cluster"."""
        return {}

    def search_keywords(self) -> str:
        """Further words under which the page should be found."""
        return self.keywords

    def related_links(self) -> Sequence[RelatedLink]:
        """Links made by hand, each with its meaning."""
        return []

    # --- What a reader gets ---

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Adds `related`: pages that belong with this one and that this reader may see."""
        context = super().get_context(request, *args, **kwargs)
        context["related"] = related.for_page(self, request)
        return context

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Sends readers of an alias in another language to the original.

        wagtail-localize fills the gaps of a language tree with aliases, which would show German text under /en/.

        Raises Http404 for a page that has expired and waits to be taken down.
        """
        if self.has_expired:
            raise Http404
        if original := publication.foreign_original(self):
            return HttpResponseRedirect(original.get_url(request) or "/")
        return super().serve(request, *args, **kwargs)

    @property
    def has_expired(self) -> bool:
        """True from the minute in `expire_at`, however long the schedule takes to unpublish the page."""
        return self.expire_at is not None and self.expire_at <= timezone.now()

    def get_sitemap_urls(self, request: HttpRequest | None = None) -> list[dict[str, Any]]:
        """None for addresses that only lead to another page or to none."""
        if self.has_expired or publication.foreign_original(self):
            return []
        return super().get_sitemap_urls(request)

    # --- Publishing ---

    base_form_class = BasePageForm
    copy_form_class = CopyPageForm

    def missing_for_publication(self) -> Mapping[str, Any]:
        """Field name -> message, for what a draft may lack and a published page may not.

        Here: required rich text without a word in it, since the editor sends an empty paragraph, which is not blank.
        """
        return {
            field.name: _("This field is required.")
            for field in self._meta.get_fields()
            if isinstance(field, RichTextField)
            and not field.blank
            and not plain_text(getattr(self, field.name))
        }

    def save(self, clean: bool = True, **kwargs: Any) -> Any:
        """Raises ValidationError when a live page lacks something.

        Here and not in `clean`, which Wagtail also calls for the draft of a live page.
        """
        if clean and self.live and (missing := self.missing_for_publication()):
            raise ValidationError(dict(missing))
        return super().save(clean=clean, **kwargs)

    def _get_autogenerated_slug(self, base_slug: str) -> str:
        """The address of a page that comes without one. Overridden because Wagtail has no setting for how letters are
        written in ASCII."""
        return str(super()._get_autogenerated_slug(slug_of(self.title, base_slug)))

    def add_child(self, **kwargs: Any) -> Any:
        """Adds a page below this one.

        Two people may do so at the same moment: the second waits for the first, or both pages would get one place in
        the tree, and one of them an error.
        """
        with transaction.atomic():
            Page.objects.select_for_update(no_key=True).only("pk").get(pk=self.pk)
            return super().add_child(**kwargs)

    def publish(self, revision: Revision, *args: Any, **kwargs: Any) -> Any:
        """Publishes `revision`.

        Every way to publish ends here: the editor, workflow, schedule, and wagtail-localize's `save_target`,
        which would publish an untranslated page as it is.

        Raises `kb.core.publication.TranslationIncomplete` while texts of a translation are missing.
        """
        publication.refuse_incomplete_translation(self)
        return super().publish(revision, *args, **kwargs)

    @cached_property
    def language(self) -> str:
        """Code of the page's language, for `lang` attributes."""
        return code_of(self.locale_id)


class IndexPage(BasePage):
    """A page that lists its children below an introduction."""

    intro = RichTextField(_("introduction"), blank=True, features=rich_text.TEXT)

    content_panels = [*BasePage.content_panels, FieldPanel("intro")]
    edit_handler = tabs(content_panels, maintenance=BasePage.keyword_panels)

    class Meta:
        abstract = True

    def own_passages(self) -> Iterator[Passage]:
        yield from passages.from_rich_text(self.intro, "intro")
