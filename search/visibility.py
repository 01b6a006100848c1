"""Which pages a reader may see, as part of the query."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q
from django.db.models.functions import Now
from wagtail.models import PageViewRestriction
from wagtail.query import PageQuerySet

from search.reader import Reader

Pages = TypeVar("Pages", bound=PageQuerySet)


def visible_to(pages: Pages, reader: Reader) -> Pages:
    """`pages` that are live, have not expired, and are not hidden by a restriction on themselves or an ancestor."""
    hidden = (
        closed_to(reader)
        .alias(_path=ExpressionWrapper(OuterRef("path"), output_field=CharField()))
        .filter(_path__startswith=F("page__path"))
    )
    # Expired at its minute, not when the next run of the schedule takes it down.
    current = Q(expire_at__isnull=True) | Q(expire_at__gt=Now())
    return pages.live().filter(current, ~Exists(hidden))


def closed_to(reader: Reader) -> Any:
    """Restrictions that `reader` does not pass. Shared passwords are off (settings), so nobody passes one."""
    restriction = PageViewRestriction
    open_ = Q(restriction_type=restriction.NONE)
    if reader.authenticated:
        open_ |= Q(restriction_type=restriction.LOGIN)
    if reader.superuser:
        open_ |= Q(restriction_type=restriction.GROUPS)
    elif reader.group_ids:
        # A subquery of its own: a join would let one of two groups decide both ways.
        passed = restriction.groups.through.objects.filter(group_id__in=reader.group_ids)
        open_ |= Q(restriction_type=restriction.GROUPS, pk__in=passed.values("pageviewrestriction_id"))
    return restriction.objects.exclude(open_)
