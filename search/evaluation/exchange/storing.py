"""A file -> judged questions of the site: all of them, or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from search.evaluation.addresses import pages_at, pages_of
from search.evaluation.exchange.form import MAX_BYTES, FileRefused, ReadAnswer, ReadQuestion
from search.evaluation.exchange.reading import read
from search.evaluation.marking import headings_of
from search.evaluation.models import JudgedQuestion, Judgement
from search.reader import Reader


@dataclass(frozen=True)
class Done:
    """Numbers of questions."""

    new: int
    replaced: int
    kept: int


def take_in(file: IO[bytes], *, replace: bool, user: Any) -> Done:
    """Stores the questions of a file with their marks; all of them, or none. Raises FileRefused.

    A question is known by its text, language and who asks. One that is here keeps what it has, unless `replace`;
    even then, marks on pages that this editor may not see stay.
    """
    data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise FileRefused([_("The file is larger than %(limit)s MB.") % {"limit": MAX_BYTES // 1024**2}])
    questions = read(data)
    reader = Reader.of(user)
    pages = pages_at({answer.page for question in questions for answer in question.answers}, reader=reader)
    unknown = [
        _("%(where)s: there is no page “%(page)s” that the search knows and you may see.")
        % {"where": question.where, "page": answer.page}
        for question in questions
        for answer in question.answers
        if answer.page not in pages
    ]
    if unknown:
        raise FileRefused(unknown)
    headings = headings_of({page.pk for page in pages.values()})
    marks = {
        question.identity: [
            Judgement(
                translation_key=pages[answer.page].translation_key,
                grade=answer.grade,
                **_passage(answer, headings.get(pages[answer.page].pk, [])),
            )
            for answer in question.answers
        ]
        for question in questions
    }
    twice = [
        _("%(where)s: the same passage is marked twice.") % {"where": question.where}
        for question in questions
        if len({(mark.translation_key, mark.anchor) for mark in marks[question.identity]})
        < len(marks[question.identity])
    ]
    if twice:
        raise FileRefused(twice)
    return _store(questions, marks, replace=replace, user=user, reader=reader)


def _store(
    questions: Sequence[ReadQuestion],
    marks: Mapping[tuple[str, str, str], list[Judgement]],
    *,
    replace: bool,
    user: Any,
    reader: Reader,
) -> Done:
    now = timezone.now()
    with transaction.atomic():
        here = {
            (row.text, row.language, row.reader): row
            for row in JudgedQuestion.objects.filter(text__in=[question.text for question in questions])
            .order_by("pk")
            .select_for_update(of=("self",))
        }
        new = [question for question in questions if question.identity not in here]
        known = [question for question in questions if question.identity in here] if replace else []
        made = JudgedQuestion.objects.bulk_create(
            JudgedQuestion(
                text=question.text,
                language=question.language,
                kind=question.kind,
                split=question.split,
                reader=question.reader,
                created_by=user,
                judged_by=user,
                judged_at=now,
            )
            for question in new
        )
        stored = {(row.text, row.language, row.reader): row for row in made}
        for question in known:
            row = here[question.identity]
            row.kind, row.split, row.judged_by, row.judged_at, row.updated_at = (
                question.kind,
                question.split,
                user,
                now,
                now,
            )
            stored[question.identity] = row
        changed = [here[question.identity] for question in known]
        JudgedQuestion.objects.bulk_update(changed, ["kind", "split", "judged_by", "judged_at", "updated_at"])
        before = Judgement.objects.filter(question__in=changed)
        keys = set(before.values_list("translation_key", flat=True))
        before.filter(translation_key__in=pages_of(keys, reader=reader, language="")).delete()
        rows = []
        for identity, row in stored.items():
            for mark in marks[identity]:
                mark.question = row
                rows.append(mark)
        Judgement.objects.bulk_create(rows)
    return Done(new=len(new), replaced=len(known), kept=len(questions) - len(new) - len(known))


def _passage(answer: ReadAnswer, headings: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Anchor and heading of the passage that is meant; the heading alone where the page has none of that name."""
    if answer.anchor:
        return {"anchor": answer.anchor, "heading": answer.heading or dict(headings).get(answer.anchor, "")}
    for anchor, heading in headings:
        if answer.heading and answer.heading in (heading, heading.rpartition(" › ")[2]):
            return {"anchor": anchor, "heading": heading}
    return {"anchor": "", "heading": answer.heading}
