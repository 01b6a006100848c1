"""Which questions lead to a page, as far as the site knows without knowing who asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from wagtail.models import Page
from wagtail.permission_policies import ModelPermissionPolicy

from search.evaluation.models import Judgement
from search.evaluation.permission import may_judge
from search.gaps import selectors as gaps
from search.gaps.models import Gap

MOST = 8


@dataclass(frozen=True)
class Known:
    """`judged`: questions that people said this page answers or helps with; `open`: unanswered ones that it comes
    nearest to, most asked first. None where the editor may not read them."""

    judged: list[Judgement] | None
    open: list[str] | None


def known(page: Page, user: Any) -> Known:
    return Known(_judged(page) if may_judge(user) else None, _open(page) if _may_read_gaps(user) else None)


def _judged(page: Page) -> list[Judgement]:
    good = Judgement.objects.filter(translation_key=page.translation_key, grade__gte=Judgement.Grade.HELPS)
    found = {one.question_id: one for one in good.select_related("question").order_by("grade", "pk")}
    return sorted(found.values(), key=lambda one: (-one.grade, one.question.text))[:MOST]


def _open(page: Page) -> list[str]:
    asked = gaps.listed(timezone.localdate()).filter(is_open=True, nearest__contains=[page.translation_key])
    return [gaps.title_of(gap) for gap in asked.order_by("-asked", "pk")[:MOST]]


def _may_read_gaps(user: Any) -> bool:
    return bool(ModelPermissionPolicy(Gap).user_has_permission(user, "view"))
