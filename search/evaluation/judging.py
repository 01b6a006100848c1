"""Questions and judgements of the site, written and read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from search.evaluation.models import JudgedQuestion
from search.evaluation.questions import UNANSWERABLE, Question, QuestionSet, digest
from search.index.models import IndexedPage

ENOUGH = 2
"""Grade from which a page answers: a question of kind "unanswerable" that some page merely touches stays one."""


def judged_digest(question: JudgedQuestion) -> str:
    """Changes whenever a figure about this question could: over page, passage and grade of its judgements."""
    return digest((str(row.translation_key), row.anchor, row.grade) for row in question.judgements.all())


def site_questions(only: Iterable[int] | None = None) -> QuestionSet:
    """The judged questions of the site, with the judgements on pages that the index holds.

    Ids are those of JudgedQuestion. Left out, with a warning: questions that nobody has judged yet, and those all of
    whose pages are gone. Two queries and one for the languages of the pages.
    """
    rows = JudgedQuestion.objects.prefetch_related("judgements").order_by("pk")
    if only is not None:
        rows = rows.filter(pk__in=list(only))
    there = _languages()
    found: list[Question] = []
    unjudged = gone = 0
    for row in rows:
        grades, anchors = _judgements(row)
        known = {key: grade for key, grade in grades.items() if key in there}
        empty = row.kind == UNANSWERABLE and max(grades.values(), default=0) < ENOUGH
        if not empty and not known:
            gone, unjudged = gone + bool(grades), unjudged + (not grades)
            continue
        found.append(
            Question(
                id=str(row.pk),
                text=row.text,
                language=row.language,
                wanted={} if empty else known,
                passages={} if empty else {key: frozenset(anchors[key]) for key in known if anchors[key]},
                text_language="" if empty else _text_language(row.language, known, there),
                kind=row.kind,
                split=row.split,
                member=row.reader == JudgedQuestion.Asker.MEMBER,
                judged=judged_digest(row),
            )
        )
    warnings = []
    if unjudged:
        warnings.append(f"{unjudged} questions without judgements are left out")
    if gone:
        warnings.append(f"{gone} questions are left out: the pages judged for them are not in the index")
    return QuestionSet("site", tuple(found), tuple(warnings))


def _judgements(row: JudgedQuestion) -> tuple[dict[str, int], dict[str, set[str]]]:
    """Best grade per page, and the anchors of its passages that answer."""
    grades: dict[str, int] = {}
    anchors: dict[str, set[str]] = defaultdict(set)
    for judgement in row.judgements.all():
        key = str(judgement.translation_key)
        if judgement.grade:
            grades[key] = max(grades.get(key, 0), judgement.grade)
            if judgement.anchor and judgement.grade >= ENOUGH:
                anchors[key].add(judgement.anchor)
    return grades, anchors


def _languages() -> dict[str, set[str]]:
    """Languages in which the index holds a page, by translation key."""
    found: dict[str, set[str]] = defaultdict(set)
    pages = IndexedPage.objects.exclude(translation_key=None).exclude(kind="")
    for key, language in pages.values_list("translation_key", "language"):
        found[str(key)].add(language)
    return found


def _text_language(asked: str, wanted: dict[str, int], there: dict[str, set[str]]) -> str:
    """Language in which the best answers are shown to somebody who asks in `asked`."""
    best = max(wanted.values())
    shown = [asked if asked in there[key] else min(there[key]) for key in wanted if wanted[key] == best]
    return asked if asked in shown else min(shown)
