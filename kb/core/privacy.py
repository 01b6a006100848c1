"""Privacy carried from a page to its translations.

Wagtail keeps a restriction with one page. wagtail-localize copies it when a translation is saved, but not when the
source's restriction is set, changed or removed later, and its copy leaves out the groups.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from wagtail.models import Page, PageViewRestriction

from kb.core.translations import source_of, translations_of


@transaction.atomic
def mirror(page: Page) -> None:
    """Gives the translations of `page` its restriction, or takes theirs away when it has none.

    Called with a translation, it puts back what the source demands: a translation is at least as private as its
    source. A restriction that only the translation has stays.
    """
    source = source_of(page)
    if source is None:
        apply(page, translations_of(page))
    elif PageViewRestriction.objects.filter(page=source).exists():
        apply(source, [page])


def apply(source: Page, targets: Iterable[Page]) -> None:
    """Makes the restrictions of `targets` those of `source`; writes only what differs."""
    wanted = PageViewRestriction.objects.filter(page=source).order_by("pk").first()
    for target in targets:
        given = list(PageViewRestriction.objects.filter(page=target).order_by("pk"))
        if wanted is None:
            for restriction in given:
                restriction.delete()
            continue
        restriction = given.pop(0) if given else PageViewRestriction(page=target)
        if restriction.pk is None or (restriction.restriction_type, restriction.password) != (
            wanted.restriction_type,
            wanted.password,
        ):
            restriction.restriction_type = wanted.restriction_type
            restriction.password = wanted.password
            restriction.save()
        groups = set(wanted.groups.values_list("pk", flat=True))
        if set(restriction.groups.values_list("pk", flat=True)) != groups:
            restriction.groups.set(groups)
        for surplus in given:
            surplus.delete()
