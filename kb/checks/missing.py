"""Fields that a page needs before it is published, and those without which readers are left with a question."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page

from kb.checks.finding import Finding
from kb.checks.texts import name_of
from kb.core.models import BasePage
from kb.core.translations import is_translation
from kb.toolbox.models import PracticeGuide, TemplatePage


def check(page: BasePage) -> Iterator[Finding]:
    """What publishing would refuse first, then what would be missed."""
    found = list(_required(page))
    yield from found
    told = {finding.path[0] for finding in found}
    yield from (finding for finding in _incomplete_blocks(page) if finding.path[0] not in told)
    if not is_translation(page):  # has these of its original
        yield from _advised(page)


def _required(page: BasePage) -> Iterator[Finding]:
    missing: dict[str, Any] = dict(page.missing_for_publication())
    for field in page._meta.get_fields():
        if not getattr(field, "editable", False) or getattr(field, "blank", True):
            continue
        if isinstance(field, (RichTextField, StreamField)) or (field.model is Page and field.name != "title"):
            continue  # rich text: `missing_for_publication` looks for words
        if getattr(page, field.attname) in (None, ""):
            missing.setdefault(field.name, _("This field is required."))
    for name, message in missing.items():
        yield Finding(str(message), (name,), name_of(page._meta.get_field(name)), blocks=True)


def _incomplete_blocks(page: BasePage) -> Iterator[Finding]:
    """Blocks that a draft may hold and the form would refuse on publishing."""
    for field in page._meta.get_fields():
        if not isinstance(field, StreamField):
            continue
        for number, child in enumerate(getattr(page, field.name), start=1):
            try:
                child.block.clean(child.value)
            except ValidationError:
                yield Finding(
                    _("Something is missing or not right here."),
                    (field.name, child.id or ""),
                    f"{name_of(field)} {number}",
                    blocks=True,
                )


def _advised(page: BasePage) -> Iterator[Finding]:
    advice: dict[str, str] = {}
    if isinstance(page, PracticeGuide):
        advice = {
            "contact": _("Nobody is named whom readers can ask."),
            "licence": _("No licence: readers do not know whether they may use and change this."),
            "next_review": _("No date for the next review: nobody will be reminded."),
        }
        if page.kind == PracticeGuide.Kind.EVENT_FORMAT:
            advice["duration_min"] = _("No duration: managers look for what fits into their day.")
            advice["group_min"] = _("No group size: managers look for what fits their group.")
    elif isinstance(page, TemplatePage):
        advice = {"licence": _("No licence: readers do not know whether they may use and change this.")}
    for name, text in advice.items():
        if not getattr(page, name):
            yield Finding(text, (name,), name_of(page._meta.get_field(name)))
