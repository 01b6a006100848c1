"""How facts are said to a reader: durations, numbers of people, kinds and languages, in whole sentences."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import template
from django.utils import formats
from django.utils.translation import get_language_info, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from kb.core.navigation import LANGUAGE_NAMES
from kb.core.passages import anchor_of
from kb.core.reader import reader_of
from kb.core.translations import localized
from search.analysis.languages import guess
from search.reader import reading_language

register = template.Library()

KIND_LABELS = {
    "guide": _("Practice guide"),
    "template": _("Template"),
    "cluster": _("Cluster"),
    "need": _("Need"),
    "offer": _("Offer"),
    "field": _("Co-learning field"),
    "case": _("Case example"),
    "bridge": _("Cluster bridge"),
    "news": _("News"),
    "page": _("Page"),
}
"""search_kind of a page -> its name"""

REASONS = {
    "complements": _("Goes well together with this page"),
    "alternative": _("Another way to the same goal"),
    "builds_on": _("Good to know before"),
    "template": _("A template for it"),
    "guide": _("A guide that works with it"),
    "case": _("How a cluster did it"),
    "field": _("The co-learning field it belongs to"),
    "cluster": _("A cluster that works with it"),
}
"""RelatedLink.kind -> why a related page stands there"""

REASONS_BESIDE = {
    ("case", "cluster"): _("The cluster that tells of it"),
    ("case", "guide"): _("The guide it was done with"),
    ("need", "cluster"): _("The cluster that is looking for this"),
    ("offer", "cluster"): _("The cluster that offers this"),
    ("field", "cluster"): _("A cluster that takes part"),
    ("field", "guide"): _("A guide for this question"),
    ("bridge", "cluster"): _("A cluster that takes part"),
    ("bridge", "guide"): _("A guide that helped"),
}
"""The same where it means something else: (search_kind of the page that is read, RelatedLink.kind)"""

TERRITORIES = {"de": "de_DE", "en": "en_GB"}
"""Language code -> what Open Graph calls a locale"""

WORD_JOINER = "\u2060"

HOUR = 60
SAID_IN_HOURS = 180
"""From three hours on durations are said in hours: whole and half ones alone, a single one with its minutes."""


@register.filter
def written_in(text: str) -> str:
    """The language that somebody seems to have written `text` in: nobody is asked for it."""
    return guess(text, reading_language())


@register.filter
def kind_label(kind: str) -> str:
    """The name of a kind of page; the code itself for one that is not known."""
    return str(KIND_LABELS.get(kind, kind))


@register.filter
def reason(kind: str | None, beside: str = "") -> str:
    """Why a page stands beside another, of kind `beside`, for a link that an author made; "" for no link."""
    kind = kind or ""
    return str(REASONS_BESIDE.get((beside, kind), REASONS.get(kind, "")))


@register.filter
def unbroken(text: str) -> str:
    """`text` without a line break behind a hyphen that stands for a word: "Mitgliedergewinnung & -bindung"."""
    return str(text).replace(" -", f" -{WORD_JOINER}")


@register.filter
def territory(code: str) -> str:
    """The language with its territory, for og:locale."""
    return TERRITORIES.get(code, code)


@register.filter
def language_name(code: str) -> str:
    """The language's name in itself."""
    return LANGUAGE_NAMES.get(code) or str(get_language_info(code)["name_local"])


@register.filter
def language_label(code: str) -> str:
    """The language's name in the reader's language."""
    return str({"de": _("German"), "en": _("English")}.get(code, code))


@register.filter
def anchor(block: Any) -> str:
    """The id under which a stream block is rendered."""
    return anchor_of(getattr(block, "id", None))


@register.filter
def duration(shortest: int | None, longest: int | None = None) -> str:
    """Minutes from–to as a reader says them; "" when nothing is known."""
    low, high = _ordered(shortest, longest)
    if high is None:
        return ""
    if high >= SAID_IN_HOURS and all(
        minutes is None or minutes % (HOUR // 2) == 0 for minutes in (low, high)
    ):
        return _hours(None if low is None else Decimal(low) / HOUR, Decimal(high) / HOUR)
    if low is None and high >= SAID_IN_HOURS:
        hours, minutes = divmod(high, HOUR)
        return f"{_hours(None, Decimal(hours))} {duration(minutes)}"
    if low is None:
        return ngettext("%(n)s minute", "%(n)s minutes", high) % {"n": _number(high)}
    return ngettext("%(low)s to %(high)s minute", "%(low)s to %(high)s minutes", high) % {
        "low": _number(low),
        "high": _number(high),
    }


@register.filter
def group_size(smallest: int | None, largest: int | None = None) -> str:
    """People from–to; "" when nothing is known."""
    low, high = _ordered(smallest, largest)
    if high is None:
        return ""
    if low is None:
        return ngettext("%(n)s person", "%(n)s people", high) % {"n": _number(high)}
    return ngettext("%(low)s to %(high)s person", "%(low)s to %(high)s people", high) % {
        "low": _number(low),
        "high": _number(high),
    }


@register.filter
def days(count: int | None) -> str:
    """A number of days, in weeks where they come out even."""
    if count is None:
        return ""
    if count >= 14 and count % 7 == 0:
        weeks = count // 7
        return ngettext("%(n)s week", "%(n)s weeks", weeks) % {"n": _number(weeks)}
    return ngettext("%(n)s day", "%(n)s days", count) % {"n": _number(count)}


@register.filter
def person_days(effort: Decimal | None) -> str:
    """Effort in person-days, with one decimal place only where it says something."""
    if effort is None:
        return ""
    return ngettext("%(n)s person-day", "%(n)s person-days", 1 if effort == 1 else 2) % {"n": _number(effort)}


@register.filter
def step_minutes(steps: Any) -> int:
    """Minutes of all steps of a guide together; steps without a time count nothing."""
    return sum(step.value.get("minutes") or 0 for step in steps or ())


@register.filter
def file_format(name: str) -> str:
    """ "DOCX" for "einladung.docx"."""
    return name.rsplit(".", 1)[-1].upper() if "." in name else ""


@register.simple_tag(takes_context=True)
def linked_pages(context: template.Context, stream: Any) -> list[Page]:
    """The pages that a stream of page choosers names: in the reader's language, visible to the reader, each once."""
    chosen = [child.value for child in stream or () if child.value is not None]
    found = localized(chosen, reading_language(), reader_of(context["request"]))
    return list({page.pk: page for page in found}.values())


@register.simple_tag(takes_context=True)
def absolute_url(context: template.Context, path: str) -> str:
    """`path` with scheme and host, as search engines want canonical and hreflang addresses."""
    request = context.get("request")
    return request.build_absolute_uri(path) if request is not None else path


def _ordered(low: int | None, high: int | None) -> tuple[int | None, int | None]:
    """(low, high) with one number only in the second place."""
    if low is None or high is None or low == high:
        return None, high if high is not None else low
    return low, high


def _hours(low: Decimal | None, high: Decimal) -> str:
    plural = 1 if high == 1 else 2
    if low is None:
        return ngettext("%(n)s hour", "%(n)s hours", plural) % {"n": _number(high)}
    return ngettext("%(low)s to %(high)s hour", "%(low)s to %(high)s hours", plural) % {
        "low": _number(low),
        "high": _number(high),
    }


def _number(value: int | Decimal) -> str:
    whole = value == int(value)
    return formats.number_format(
        int(value) if whole else value, decimal_pos=0 if whole else 1, force_grouping=True
    )
