"""Live pages on which something was found."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce
from wagtail.models import Page

from search.writers import pages_of_writer


def pages_with_findings(user: Any) -> QuerySet[Any]:
    """Live pages that `user` may change or publish and on which something was found, with `number` of findings and
    `in_charge` (id of a user, or None): who is responsible for the review of a guide, else who began the page."""
    return (
        Page.objects.filter(
            pk__in=pages_of_writer(user).values("pk"), live=True, alias_of=None, findings__number__gt=0
        )
        .select_related("locale", "findings")
        .annotate(
            number=F("findings__number"),
            in_charge=Coalesce("practiceguide__responsible_id", "owner_id"),
        )
    )


def people_in_charge(user: Any) -> QuerySet[Any]:
    """Of these pages."""
    pages = pages_with_findings(user).order_by().values("in_charge")
    return get_user_model().objects.filter(pk__in=pages).order_by("last_name", "first_name", "pk")
