"""The weekly mail: what is new about the bridges of one's clusters, as far as one may see it when it is sent."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from smtplib import SMTPRecipientsRefused
from urllib.parse import urljoin

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.utils import DNS_NAME
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from kb.bridges import screen
from kb.bridges.mine import bridges_of
from kb.bridges.models import Bridge, Comment, DigestSubscription, Step
from kb.bridges.people import name_of
from kb.bridges.proposals import Proposal, proposals
from kb.bridges.subscribing import token_of, week_of
from kb.clusters.members import clusters_of
from kb.core.models import SiteIdentity
from search.reader import Reader

logger = logging.getLogger(__name__)

FIRST_HOUR = 7
"""On Mondays, in the site's time zone. Before, the week's mail waits; a run that was missed is made up for later."""
SETTLED = timedelta(minutes=1)
"""What is younger waits for the next mail: it carries its time already while its transaction may still be open."""
MOST_PROPOSALS = 5
"""in one mail; of more it gives the number, and says where they are"""
MOST_STEPS = 5
"""of one bridge, the latest; of earlier ones the number"""
MOST_TOLD = 500
"""remembered of one person, the latest first"""


@dataclass
class News:
    """What happened to one bridge."""

    bridge: Bridge
    clusters: list[str]
    """titles of those that the person may see"""
    url: str
    steps: list[Step] = field(default_factory=list)
    comments: int = 0

    @property
    def latest(self) -> list[Step]:
        return self.steps[-MOST_STEPS:]

    @property
    def earlier(self) -> int:
        return len(self.steps) - len(self.latest)


def send_due(now: datetime | None = None) -> int:
    """Sends this week's mails that are due. Returns how many were sent."""
    moment = timezone.localtime(now)
    if moment.isoweekday() == 1 and moment.hour < FIRST_HOUR:
        return 0
    week = week_of(moment)
    due = DigestSubscription.objects.exclude(week__gte=week).filter(user__is_active=True)
    waiting = list(due.order_by("pk").values_list("pk", flat=True))
    if not waiting:
        return 0
    connection = get_connection()
    try:
        connection.open()
    except Exception as error:  # each mail backend has its own
        logger.warning("%s digests wait: the mail server is not there (%s)", len(waiting), error)
        return 0
    try:
        return sum(_send(pk, week, connection) for pk in waiting)
    finally:
        connection.close()


def _send(pk: int, week: str, connection: BaseEmailBackend) -> int:
    """Claims the week, then sends. 1 when a mail went out.

    The claim is committed before anything is sent: whoever is killed in between leaves a mail unsent, and the next one
    tells of it; none goes out twice. A mail that fails gives the claim back, and keeps nobody else from theirs; to an
    address that does not exist it is tried again next week.
    """
    before = DigestSubscription.objects.filter(pk=pk).values_list("week", flat=True).first()
    claimed = DigestSubscription.objects.filter(pk=pk, week=before, week__lt=week).update(week=week)
    if not claimed:
        return 0
    subscription = DigestSubscription.objects.select_related("user").get(pk=pk)
    until = timezone.now() - SETTLED
    sent = 0
    try:
        with override(subscription.language):
            news, found = _new(subscription, until)
            fresh = [one for one in found if one.digest not in subscription.told]
            if subscription.user.email and (news or fresh):
                sent = _mail(subscription, news, fresh, connection).send()
    except Exception as error:
        logger.exception("The digest of subscription %s was not sent", pk)
        if not _is_refused_for_good(error):
            DigestSubscription.objects.filter(pk=pk, week=week).update(week=before)
        return 0
    # A proposal that is out of sight for a week is not new when it comes back.
    told = list(dict.fromkeys([*(one.digest for one in found), *subscription.told]))[:MOST_TOLD]
    DigestSubscription.objects.filter(pk=pk).update(told_until=until, told=told)
    return sent


def _is_refused_for_good(error: Exception) -> bool:
    """Codes from 500 on are final (RFC 5321, 4.2.1)."""
    return isinstance(error, SMTPRecipientsRefused) and all(
        code >= 500 for code, _answer in error.recipients.values()
    )


def _new(subscription: DigestSubscription, until: datetime) -> tuple[list[News], list[Proposal]]:
    """News of the person's bridges since the last mail, and all proposals for their clusters."""
    user = subscription.user
    reader = Reader.of(user)
    clusters = clusters_of(user)
    if not clusters:
        return [], []
    bridges = {bridge.pk: bridge for bridge in bridges_of(user, reader)}
    news: dict[int, News] = {}

    def of(bridge_id: int) -> News:
        bridge = bridges[bridge_id]
        if bridge_id not in news:
            sides = screen.sides(bridge, reader, subscription.language)
            url = _absolute(reverse("bridges:bridge", args=[bridge_id]))
            news[bridge_id] = News(bridge, [side.page.title for side in sides], url)
        return news[bridge_id]

    for step in _since(Step.objects.filter(action__in=TOLD), subscription, until, bridges):
        step.who = name_of(step.by)  # type: ignore[attr-defined]
        of(step.bridge_id).steps.append(step)
    for comment in _since(Comment.objects.all(), subscription, until, bridges):
        of(comment.bridge_id).comments += 1
    return list(news.values()), proposals(reader, subscription.language, clusters=clusters)


TOLD = (Step.Action.MADE, Step.Action.TAKEN, Step.Action.STATUS, Step.Action.PEOPLE, Step.Action.PAGE)
"""Not each passage and wording that editors work on."""


def _since(
    rows: QuerySet, subscription: DigestSubscription, until: datetime, bridges: dict[int, Bridge]
) -> QuerySet:
    # What the person did they know.
    return (
        rows.filter(bridge__in=bridges, at__gt=subscription.told_until, at__lte=until)
        .exclude(by=subscription.user_id)
        .select_related("by")
        .order_by("at")
    )


def _mail(
    subscription: DigestSubscription, news: list[News], fresh: list[Proposal], connection: BaseEmailBackend
) -> EmailMultiAlternatives:
    leave = _absolute(reverse("bridges:unsubscribe", args=[token_of(subscription)]))
    identity = SiteIdentity.objects.select_related("site").order_by("-site__is_default_site").first()
    name = identity.site_name if identity else "Lotse"
    context = {
        "language": subscription.language,
        "news": news,
        "proposals": fresh[:MOST_PROPOSALS],
        "more": len(fresh[MOST_PROPOSALS:]),
        "mine": _absolute(reverse("bridges:mine")),
        "leave": leave,
        "site_name": name,
        "funder": identity.funder_text if identity else "",
    }
    # Sent twice, after a server that took it and did not say so, it is one mail to the programs that receive it.
    once = hashlib.sha256(f"{subscription.key}{subscription.week}".encode()).hexdigest()[:32]
    mail = EmailMultiAlternatives(
        subject=_("%(site)s: news about the bridges of your cluster") % {"site": name},
        body=render_to_string("bridges/digest.txt", context).strip() + "\n",
        to=[subscription.user.email],
        connection=connection,
        headers={
            "Message-ID": f"<{once}@{DNS_NAME}>",
            "Content-Language": subscription.language,
            "List-Unsubscribe": f"<{leave}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
    )
    mail.attach_alternative(render_to_string("bridges/digest.html", context), "text/html")
    return mail


def _absolute(path: str) -> str:
    return urljoin(settings.WAGTAILADMIN_BASE_URL, path)
