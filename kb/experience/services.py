"""A short report becomes the draft of a case example, and goes the way of everything that editors review."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.html import escape
from wagtail.models import Page

from kb.clusters.members import clusters_of
from kb.clusters.models import CaseIndexPage, CasePage, ClusterPage
from kb.core.reader import reader_of
from kb.core.translations import localized
from kb.experience.models import ShortReport
from kb.toolbox.models import PracticeGuide

logger = logging.getLogger(__name__)

LONGEST_SUMMARY = 300
LONGEST_TITLE = 255


def room_for(guide: Page) -> CaseIndexPage | None:
    """Where examples in the language of `guide` stand; None where there is no such page."""
    found = CaseIndexPage.objects.live().filter(locale_id=guide.locale_id, alias_of__isnull=True)
    return found.order_by("path").first()


def clusters_to_choose(user: Any, language: str, request: Any) -> list[Page]:
    """The clusters in whose teams `user` is, in `language` where there is such a version, by name."""
    pages = ClusterPage.objects.filter(translation_key__in=clusters_of(user), alias_of__isnull=True)
    once = {page.translation_key: page for page in pages}
    return sorted(localized(once.values(), language, reader_of(request)), key=lambda page: page.title)


@transaction.atomic
def send(
    *, guide: PracticeGuide, cluster: Page, room: CaseIndexPage, user: Any, said: dict[str, Any]
) -> ShortReport:
    """Makes the draft. The review, and with it the mail, begins in the background (`hand_on`). What this member has sent
    already, with a button pressed twice, makes no second one."""
    told = {
        "cluster": cluster,
        "guide": guide,
        "year": said["year"],
        **{name: _html(said[name]) for name in ("situation", "action", "result", "lessons")},
    }
    # Who presses twice waits here for the first.
    Page.objects.select_for_update(no_key=True).only("pk").get(pk=room.pk)
    if sent := ShortReport.objects.filter(by=user, page__in=CasePage.objects.filter(**told)).first():
        return sent
    page = CasePage(
        title=f"{cluster.title}: {guide.title}"[:LONGEST_TITLE],
        summary=_cut(said["result"], LONGEST_SUMMARY),
        locale=room.locale,
        live=False,
        owner=user,
        **told,
    )
    room.add_child(instance=page)
    page.save_revision(user=user, log_action=True)
    return ShortReport.objects.create(page=page, by=user)


def waiting() -> list[int]:
    """Numbers of reports whose review has not begun."""
    return list(ShortReport.objects.filter(handed_on_at=None).order_by("pk").values_list("pk", flat=True))


def hand_on(pk: int) -> bool:
    """Begins the review of a report, which tells the reviewers by mail. True when it was begun now.

    All or nothing: where no mail can be sent, the review has not begun either, and the next sweep tries again.
    """
    with transaction.atomic():
        report = (
            ShortReport.objects.select_for_update(skip_locked=True).filter(pk=pk, handed_on_at=None).first()
        )
        if report is None:
            return False
        page = report.page.specific
        workflow = page.get_workflow()
        # An editor may have been quicker; without a workflow the draft waits among the examples.
        if workflow is not None and not page.live and page.current_workflow_state is None:
            with translation.override(settings.LANGUAGE_CODE):
                workflow.start(page, report.by)
        report.handed_on_at = timezone.now()
        report.save(update_fields=["handed_on_at"])
    return True


def hand_on_all() -> int:
    """Begins every review that is due. Returns how many were begun; one that fails does not stop the others."""
    begun = 0
    for pk in waiting():
        try:
            begun += hand_on(pk)
        except Exception:  # each mail backend has its own
            logger.exception("The review of short report %s could not begin; it is tried again", pk)
    return begun


def _html(text: str) -> str:
    """Plain text as rich text: what somebody typed is never markup."""
    paragraphs = (" ".join(line.split()) for line in text.splitlines())
    return "".join(f"<p>{escape(line)}</p>" for line in paragraphs if line)


def _cut(text: str, longest: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 2].rsplit(" ", 1)[0] + " …"
