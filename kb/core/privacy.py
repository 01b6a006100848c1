"""Privacy carried from a page to its translations.

Wagtail keeps a restriction with one page. wagtail-localize copies it when a translation is saved, but not when the
source's restriction is set, changed or removed later, and its copy leaves out the groups.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from wagtail.models import Page, PageViewRestriction

from kb.core.translations import source_of, translations_of


def close_translations(restriction: PageViewRestriction) -> None:
    """Closes what is still open of the translations, before `restriction` is saved with their source.

    Closed to everybody where it is for groups: `mirror` adds them when the source has them. So nobody who is killed
    in between leaves a translation open.
    """
    kind = restriction.restriction_type
    if kind == PageViewRestriction.NONE:
        return
    for translation in translations_of(restriction.page):
        given = PageViewRestriction.objects.filter(page=translation)
        if not given.exclude(restriction_type=PageViewRestriction.NONE).exists():
            given.delete()
            PageViewRestriction.objects.create(page=translation, restriction_type=kind)
        elif kind == PageViewRestriction.GROUPS:
            for login in given.filter(restriction_type=PageViewRestriction.LOGIN):
                login.restriction_type = kind
                login.save()


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
