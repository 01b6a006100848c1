"""Gaps as editors see them: counted over a period, with their wordings, and the public pages nearest to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import (
    BooleanField,
    Case,
    Exists,
    F,
    Func,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models import TextField as Text
from django.db.models.functions import Coalesce, TruncDate
from wagtail.models import Page

from search.gaps.ageing import last_day_gone
from search.gaps.models import Asking, Gap, MonthCount
from search.reader import ANONYMOUS
from search.retrieval.urls import page_url
from search.visibility import visible_to


@dataclass(frozen=True)
class Wording:
    """How a question was asked, how often, and when last."""

    question: str
    count: int
    last: date


@dataclass(frozen=True)
class NearPage:
    """A page that is offered instead of an answer."""

    title: str
    url: str
    language: str


def listed(today: date, *, days: int | None = None) -> QuerySet[Any]:
    """Gaps that were asked in the last `days` (all there is: None), with these annotations.

    `asked`: how often in that time (of a month that is only a count: the whole month); `last_day`: the last day, None
    where only a month is known; `last_month`: its first day; `last`: the later of both; `wording`: the most frequent
    one, None where none is kept; `is_open`: nobody has dealt with it, or it was asked again after it was done.
    """
    since = max(last_day_gone(today), today - timedelta(days=days)) if days else last_day_gone(today)
    askings = _per_gap(Asking.objects.filter(day__gt=since))
    months = _per_gap(_months(today, days))
    wording = (
        Asking.objects.filter(gap=OuterRef("pk"), day__gt=last_day_gone(today))
        .values("question")
        .annotate(times=Sum("count"))
        .order_by("-times", "question")
        .values("question")[:1]
    )
    last_day, last_month = askings.annotate(last=Max("day")), months.annotate(last=Max("month"))
    return (
        Gap.objects.annotate(
            asked=Coalesce(Subquery(_sum(askings)), 0) + Coalesce(Subquery(_sum(months)), 0),
            last_day=Subquery(last_day.values("last")),
            last_month=Subquery(last_month.values("last")),
            wording=Subquery(wording),
        )
        .filter(asked__gt=0)
        .annotate(
            last=Coalesce("last_day", "last_month"),
            is_open=Case(
                When(state=Gap.State.OPEN, then=True),
                When(state=Gap.State.DONE, last_day__gt=TruncDate("decided_at"), then=True),
                default=False,
                output_field=BooleanField(),
            ),
        )
        .select_related("decided_by")
    )


def _months(today: date, days: int | None) -> QuerySet[MonthCount]:
    if days is None:
        return MonthCount.objects.all()
    return MonthCount.objects.filter(month__gte=(today - timedelta(days=days)).replace(day=1))


def _per_gap(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.filter(gap=OuterRef("pk")).order_by().values("gap")


def _sum(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.annotate(times=Sum("count")).values("times")


def containing(gaps: QuerySet[Any], text: str, today: date) -> QuerySet[Any]:
    """Those of `gaps` that were asked with `text` in the question, in any of the wordings kept."""
    in_words = gaps.annotate(
        all_words=Func(F("words"), Value(" "), function="array_to_string", output_field=Text())
    )
    asked = Asking.objects.filter(gap=OuterRef("pk"), day__gt=last_day_gone(today), question__icontains=text)
    return in_words.filter(Q(all_words__icontains=text) | Exists(asked))


def wordings(gaps: Iterable[Gap], today: date) -> Mapping[UUID, list[Wording]]:
    """By gap: its wordings of the last 30 days, most frequent first."""
    rows = (
        Asking.objects.filter(gap__in=[gap.pk for gap in gaps], day__gt=last_day_gone(today))
        .values("gap_id", "question")
        .annotate(times=Sum("count"), last=Max("day"))
        .order_by("-times", "question")
    )
    found: dict[UUID, list[Wording]] = defaultdict(list)
    for row in rows:
        found[row["gap_id"]].append(Wording(row["question"], row["times"], row["last"]))
    return found


def nearest_pages(gaps: Iterable[Gap]) -> Mapping[UUID, list[NearPage]]:
    """By gap: the pages that a visitor is offered, in the gap's language where there is such a translation.

    Asked for now and for a visitor: a page that has been made private since is not named.
    """
    gaps = list(gaps)
    keys = {key for gap in gaps for key in gap.nearest}
    pages: dict[UUID, dict[str, Page]] = defaultdict(dict)
    for page in visible_to(
        Page.objects.filter(translation_key__in=keys, alias_of=None).select_related("locale"), ANONYMOUS
    ):
        pages[page.translation_key][page.locale.language_code] = page
    return {
        gap.pk: [
            _near(pages[key].get(gap.language) or next(iter(pages[key].values())))
            for key in gap.nearest
            if pages.get(key)
        ]
        for gap in gaps
    }


def _near(page: Page) -> NearPage:
    return NearPage(page.title, page_url(page.url_path), page.locale.language_code)


def title_of(gap: Any) -> str:
    """What stands for a gap of `listed`: its most frequent wording, else its words."""
    return gap.wording or ", ".join(gap.words)
