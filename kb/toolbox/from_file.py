"""A Word or Markdown file -> what goes where -> the form of a new practice guide, filled in. Nothing is saved here."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import PurePath
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail.admin.views.pages.create import CreateView
from wagtail.admin.widgets.button import Button
from wagtail.models import Page

from kb.core.addresses import slug_of
from kb.core.creating import filled_in
from kb.core.models import TaskArea
from kb.core.plain_text import plain_text
from kb.toolbox.documents import extract_text
from kb.toolbox.gaps import free_slug
from kb.toolbox.markdown import GuideDraft, SourceError, leftover, markdown_of, parse_guide, read_source
from kb.toolbox.markdown.draft import BodyParagraph, BodySection
from kb.toolbox.markdown.leftover import WORD, words_of
from kb.toolbox.markdown.page_fields import guide_fields
from kb.toolbox.markdown.source import MAX_BYTES
from kb.toolbox.models import GuideSectionPage, PracticeGuide, ToolboxPage

MAX_FILE_BYTES = 20_000_000
"""of a Word file with its pictures"""
STREAMS = ("roles", "preparation", "materials", "steps", "pitfalls", "variants", "success")
RICH_TEXTS = ("purpose", "when_to_use", "when_not_to_use", "inclusive_delivery")


class FileForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "A Word file (.docx) or a Markdown file (.md), up to 20 MB. Pictures are not taken over."
        ),
        widget=forms.FileInput(attrs={"accept": ".docx,.md,.markdown"}),
    )

    def clean_file(self) -> str:
        """The file's text as Markdown."""
        upload = self.cleaned_data["file"]
        ending = PurePath(upload.name).suffix.lower()
        if ending not in {".docx", ".md", ".markdown"}:
            raise ValidationError(_("Please choose a Word file (.docx) or a Markdown file (.md)."))
        if upload.size > MAX_FILE_BYTES:
            raise ValidationError(_("The file is larger than 20 MB."))
        raw = upload.read()
        self.name = PurePath(upload.name).stem
        self.words: Counter[str] | None = None
        try:
            if ending == ".docx":
                text = markdown_of(raw)
                upload.seek(0)
                self.words = Counter(WORD.findall(extract_text(upload, upload.name)))
                return text
            read_source(raw)
            return raw.decode("utf-8-sig")
        except SourceError as error:
            raise ValidationError(
                _("This file cannot be read: %(reason)s."), params={"reason": error.said()}
            ) from None


class TextForm(forms.Form):
    """What the preview hands on to the form of the guide."""

    text = forms.CharField(widget=forms.HiddenInput, strip=False, max_length=MAX_BYTES)
    name = forms.CharField(widget=forms.HiddenInput, required=False, max_length=300)


@dataclass(frozen=True)
class Place:
    """A field of the guide, and what of the file stands there."""

    label: str
    content: str
    note: str = ""


class GuideFromFileView(CreateView):
    """GET asks for a file, POST shows what goes where, a second POST shows Wagtail's form with all of it filled in.

    Wagtail asks for the permission to add a guide below `parent_id` each time, and its own view saves the form.
    """

    http_method_names = ["get", "head", "post", "options"]

    def dispatch(self, request: HttpRequest, parent_id: int) -> HttpResponse:  # type: ignore[override]
        meta = PracticeGuide._meta
        return super().dispatch(request, meta.app_label, meta.model_name, parent_id)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._asked(FileForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        if "text" in request.POST:
            return self._form(TextForm(request.POST))
        form = FileForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._asked(form, status=422)
        text = form.cleaned_data["file"]
        try:
            draft = _draft(text, form.name)
        except SourceError as error:
            form.add_error("file", _("This file cannot be read: %(reason)s.") % {"reason": error.said()})
            return self._asked(form, status=422)
        lost = leftover(read_source(text.encode()).body, draft)
        if form.words is not None:
            lost |= form.words - words_of(asdict(draft))
        context = {
            "parent_page": self.parent_page,
            "draft": draft,
            "places": list(places(draft)),
            "sections": [_named(item) for item in draft.body],
            "unused": {name: str(value) for name, value in draft.unused.items()},
            "lost": sorted(lost, key=str.casefold),
            "form": TextForm(initial={"text": text, "name": form.name}),
        }
        return self._shown("toolbox/file_preview.html", context)

    def _form(self, form: TextForm) -> HttpResponse:
        try:
            if not form.is_valid():
                raise SourceError("empty")
            draft = _draft(form.cleaned_data["text"], form.cleaned_data["name"])
        except SourceError:
            return self._asked(FileForm(), status=422)
        area = TaskArea.objects.filter(slug=draft.facts.task_area, locale=self.page.locale).first()
        # Wagtail's form makes the address while a title is typed; this one is there already.
        slug = free_slug(slug_of(draft.title), self.parent_page)
        values = guide_fields(draft, uuid4().hex) | {"task_area": area, "slug": slug}
        return filled_in(self.request, self.parent_page, PracticeGuide, values)

    def _asked(self, form: FileForm, *, status: int = 200) -> HttpResponse:
        context = {"form": form, "parent_page": self.parent_page}
        return self._shown("toolbox/file_upload.html", context, status=status)

    def _shown(self, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        context |= {
            "header_title": _now("New guide from a file"),
            "header_icon": "upload",
            "breadcrumbs_items": [
                {
                    "url": reverse("wagtailadmin_explore", args=[self.parent_page.pk]),
                    "label": str(self.parent_page),
                },
                {"url": "", "label": _now("New guide from a file")},
            ],
        }
        return render(self.request, template, context, status=status)


def _draft(text: str, name: str) -> GuideDraft:
    title = re.sub(r"[-_\s]+", " ", name).strip()
    return parse_guide(read_source(text.encode()), title=title[:1].upper() + title[1:])


def places(draft: GuideDraft) -> Iterator[Place]:
    """Where the parts of a file stand on the guide, in the order of its form."""
    yield Place(_label("title"), draft.title)
    origin = {
        "text": _now("made of the first sentences"),
        "title": _now("made of the title"),
    }.get(draft.summary_from, "")
    yield Place(_label("summary"), draft.summary, origin)
    if draft.keywords:
        yield Place(_label("keywords"), draft.keywords)
    for field in fields(draft.facts):
        if value := getattr(draft.facts, field.name):
            yield Place(_label(field.name), _in_words(field.name, value))
    readings: dict[str, list[str]] = {}
    for reading in draft.readings:
        readings.setdefault(reading.became, []).append(_now("“%(words)s”") % {"words": reading.words})
    for name in RICH_TEXTS:
        if text := plain_text(getattr(draft, name)):
            yield Place(_label(name), " ".join(text.split()), ", ".join(readings.get(name, [])))
    for name in STREAMS:
        if items := getattr(draft, name):
            found = ngettext("%(n)s entry", "%(n)s entries", len(items)) % {"n": len(items)}
            titles = [getattr(item, "title", "") or getattr(item, "role", "") or "" for item in items]
            listed = ": " + " · ".join(filter(None, titles)) if any(titles) else ""
            yield Place(_label(name), found + listed, ", ".join(readings.get(name, [])))


def _label(name: str) -> str:
    label = str(_field(name).verbose_name)
    return label[:1].upper() + label[1:]


def _in_words(name: str, value: Any) -> str:
    return str(dict(_field(name).flatchoices).get(value, value))


def _field(name: str) -> Any:
    return PracticeGuide._meta.get_field(name)


def _named(item: Any) -> str:
    if isinstance(item, BodySection):
        return item.heading
    if isinstance(item, BodyParagraph):
        return _now("Text without a heading")
    return str(item.caption or _now("Table"))


def from_file_button(page: Page, user: Any, next_url: str | None = None, **_kwargs: Any) -> Iterator[Button]:
    """Among what can be done with a toolbox or a section of it, for who may add a guide there."""
    if not issubclass(page.specific_class or Page, (ToolboxPage, GuideSectionPage)):
        return
    if page.permissions_for_user(user).can_add_subpage():
        yield Button(
            _("New guide from a file"),
            reverse("lotse_guide_from_file", args=[page.pk]),
            icon_name="upload",
            priority=15,
        )
