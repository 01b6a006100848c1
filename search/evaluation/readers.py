"""In whose name a judged question is asked."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.contrib.auth.models import Group

from search.evaluation.questions import Question
from search.reader import ANONYMOUS, Reader


def member() -> Reader:
    """Who asks a question that a member asks: somebody in the groups of SEARCH_MEMBER_GROUPS, no more."""
    names: Sequence[str] = getattr(settings, "SEARCH_MEMBER_GROUPS", ())
    ids = Group.objects.filter(name__in=names).order_by("pk").values_list("pk", flat=True)
    return Reader(authenticated=True, group_ids=tuple(ids))


def reader_of(question: Question, *, member: Reader) -> Reader:
    return member if question.member else ANONYMOUS
