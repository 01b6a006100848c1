"""Would a visitor have found it? Every noted question is asked again on behalf of nobody before an editor sees it.

What a reader was told depends on what that reader may read. Taken as it is, the report would differ between a site
with and without a private page. Asked again without any rights, it is made of questions and public pages alone:
whether private pages answer a question, nobody can read out of it. The nearest pages and the correction of typing
errors come from this second answer too, never from the first.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from search.gaps import figures
from search.gaps.ageing import last_day_gone
from search.gaps.models import Asking, Gap
from search.gaps.noting import is_gap
from search.gaps.wording import key_of, readable, terms_of
from search.reader import ANONYMOUS
from search.retrieval import Answer, ask

logger = logging.getLogger(__name__)


@dataclass
class Checked:
    """What became of the questions of one run."""

    gaps: int = 0
    answered: int = 0
    """a visitor finds something: forgotten"""
    later: int = 0
    """nothing can be said just now (no model, no time)"""


def check_noted(limit: int = figures.CHECKED_AT_A_TIME) -> Checked:
    """Asks what was noted and not checked yet, and makes gaps of it. Safe to run twice, and at the same time."""
    checked = Checked()
    waiting = Asking.objects.filter(gap=None, day__gt=last_day_gone(timezone.localdate()))
    for asking in waiting.order_by("day", "id")[:limit]:
        answer = ask(asking.question, reader=ANONYMOUS, language=asking.language, limit=figures.NEAREST)
        if answer.timed_out or answer.lexical_only:
            checked.later += 1
        elif is_gap(answer):
            _keep(asking, answer)
            checked.gaps += 1
        else:
            asking.delete()
            checked.answered += 1
    return checked


def _keep(asking: Asking, answer: Answer) -> None:
    terms = terms_of(answer.suggestion or asking.question, asking.language)
    nearest = list(dict.fromkeys(hit.translation_key for hit in answer.hits))[: figures.NEAREST]
    with transaction.atomic():
        gap, _ = Gap.objects.get_or_create(language=asking.language, key=key_of(terms, asking.language))
        gap.words, gap.nearest = readable(terms), nearest
        gap.save(update_fields=["words", "nearest"])
        Asking.objects.filter(pk=asking.pk).update(gap=gap)
