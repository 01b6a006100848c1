"""Mail to those who are responsible for a guide: its review comes near, or is overdue."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.db import IntegrityError
from django.db.models import Exists, OuterRef
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext, override
from wagtail.users.models import UserProfile

from kb.core.models import SiteIdentity
from kb.core.roles import REVIEWERS
from kb.toolbox.models import PracticeGuide
from kb.upkeep import selectors
from kb.upkeep.models import Reminder
from kb.upkeep.selectors import Review

logger = logging.getLogger(__name__)

FIRST_HOUR = 7
"""in the site's time zone: nobody is reminded at night"""
TOLD = (Review.OVERDUE, Review.SOON)
"""Reviews with a date. Guides that were never reviewed stand in the report."""


def send_due(now: datetime | None = None) -> int:
    """Sends a mail to everybody who has something to be reminded of. Returns how many were sent.

    A reminder is claimed before anything is sent, so that two workers do not both send it; one that reached nobody,
    since the mail server was away, gives its claim back and is tried again.
    """
    moment = timezone.localtime(now)
    if moment.hour < FIRST_HOUR:
        return 0
    claims: dict[Any, Reminder] = {}
    people: dict[Any, list[Any]] = defaultdict(list)
    for guide in _not_told(moment):
        try:
            claim, made = Reminder.objects.get_or_create(
                page_id=guide.pk, why=guide.why, next_review=guide.next_review
            )
        except IntegrityError:
            continue  # the guide was deleted a moment ago
        if made:
            claims[guide] = claim
            for person in answerable(guide):
                people[person].append(guide)
    reached = [person for person, guides in people.items() if _send(person, guides)]
    told = {guide for person in reached for guide in people[person]}
    for guide, claim in claims.items():
        if guide not in told:
            claim.delete()
    return len(reached)


def answerable(guide: PracticeGuide) -> list[Any]:
    """Whoever is responsible, else whoever began the guide; the reviewers where nobody of them can change it any more,
    so that no review is forgotten with the person who left."""
    for person in (guide.responsible, guide.owner):
        if person is not None and _can(person, guide):
            return [person]
    reviewers = get_user_model()._default_manager.filter(groups__name=REVIEWERS).order_by("pk")
    return [person for person in reviewers if _can(person, guide)]


def _can(person: Any, guide: PracticeGuide) -> bool:
    may = person.is_active and person.email and guide.permissions_for_user(person).can_edit()
    return bool(may)


def _not_told(moment: datetime) -> Iterable[Any]:
    told = Reminder.objects.filter(
        page=OuterRef("pk"), why=OuterRef("why"), next_review=OuterRef("next_review")
    )
    # Each person's own permission is asked by `answerable`; here all guides are looked at.
    due = selectors.due_for_review(PracticeGuide.objects.all(), moment.date())
    return (
        due.filter(why__in=TOLD, next_review__isnull=False)
        .filter(~Exists(told))
        .order_by("next_review", "pk")
    )


def _send(person: Any, guides: list[PracticeGuide]) -> bool:
    with override(UserProfile.get_for_user(person).preferred_language or settings.LANGUAGE_CODE):
        mail = _mail(person, guides)
    try:
        return bool(mail.send())
    except Exception as error:  # each mail backend has its own
        logger.warning("A reminder of %s reviews was not sent: %s", len(guides), error)
        return False


def _mail(person: Any, guides: list[PracticeGuide]) -> EmailMessage:
    identity = SiteIdentity.objects.select_related("site").order_by("-site__is_default_site").first()
    name = identity.site_name if identity else "Lotse"
    lines = [
        {"guide": guide, "why": Review(guide.why).label, "url": _absolute(_edit(guide))} for guide in guides
    ]
    subject = ngettext("%(site)s: %(n)s guide to review", "%(site)s: %(n)s guides to review", len(guides))
    text = render_to_string(
        "upkeep/reminder.txt",
        {
            "person": person,
            "lines": lines,
            "report": _absolute(reverse("lotse_reviews")),
            "site_name": name,
            "funder": identity.funder_text if identity else "",
        },
    )
    return EmailMessage(
        subject=subject % {"site": name, "n": len(guides)},
        body=text.strip() + "\n",
        to=[person.email],
        headers={"Auto-Submitted": "auto-generated"},
    )


def _edit(guide: PracticeGuide) -> str:
    return reverse("wagtailadmin_pages:edit", args=[guide.pk])


def _absolute(path: str) -> str:
    return urljoin(settings.WAGTAILADMIN_BASE_URL, path)
