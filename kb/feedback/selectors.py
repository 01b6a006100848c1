"""What readers said, for those who can change the pages."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet
from wagtail.models import Page

from kb.feedback.models import Feedback
from search.writers import pages_of_writer

REMARK = ~Q(text="") | ~Q(reason="")


def pages(user: Any, today: date, *, days: int | None = None) -> QuerySet[Any]:
    """Pages with feedback that `user` may change, with `yes`, `no`, `remarks` (open ones), `last` (a day)."""
    since = Q() if days is None else Q(feedback__day__gt=today - timedelta(days=days))
    remark = ~Q(feedback__text="") | ~Q(feedback__reason="")
    return (
        Page.objects.filter(pk__in=pages_of_writer(user).values("pk"))
        .select_related("locale")
        .annotate(
            yes=Count("feedback", filter=since & Q(feedback__helpful=True)),
            no=Count("feedback", filter=since & Q(feedback__helpful=False)),
            remarks=Count("feedback", filter=since & remark & Q(feedback__handled_on=None)),
            last=Max("feedback__day", filter=since),
        )
        .filter(last__isnull=False)
    )


def remarks(page: Page) -> QuerySet[Feedback]:
    """What readers wrote about `page`: open ones first, then newest."""
    found = Feedback.objects.filter(REMARK, page=page).select_related("handled_by")
    return found.order_by(F("handled_on").desc(nulls_first=True), "-day", "pk")
