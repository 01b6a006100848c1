"""Where the questions of a command come from: the site's database, or a collection's own.

Django starts in here, since which settings it takes depends on that; nothing above may import a table before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from search.evaluation.collection import Collection, CollectionError, questions, read_collection
from search.evaluation.questions import UNANSWERABLE, Question, QuestionSet, split_of

Say = Callable[[str], None]

FOREIGN = 300
"""Questions taken from another collection: enough to know a share to about two points."""


class Refused(Exception):
    """What was asked for cannot be done; the text says why and what would help."""


def of_site(*, model: str | None, say: Say) -> QuestionSet:
    """The judged questions of the site. With another `model` than the site's its texts are embedded beside.

    Raises Refused.
    """
    import django

    django.setup()
    from django.db import Error

    from search.embedding import ask_with
    from search.evaluation.judging import site_questions
    from search.index.selectors import status

    try:
        found = site_questions()
        state = status()
    except Error as error:
        first = str(error).strip().splitlines()[0]
        raise Refused(
            f"The site's database is not there or not up to date. Start the site once: ./lotse up ({first})"
        ) from None
    if not state.pages:
        raise Refused("The index is empty. Start the site and wait until it is filled: ./lotse index status")
    if not found.answerable():
        raise Refused(
            "There are no judged questions. The demo content brings some (./lotse up); your own are judged in the "
            "admin, or measure a collection: ./lotse evaluate --collection FOLDER"
        )
    if model:
        ask_with(model)
        _embed_beside(say)
    elif state.due:
        late = f"{state.due} pages wait for their vectors or their newest text; the figures may change"
        found = replace(found, warnings=(*found.warnings, late))
    return found


def _embed_beside(say: Say) -> None:
    from search.evaluation import other_model
    from search.evaluation.asking import NoModel

    try:
        other_model.embed_missing(progress=say)
    except NoModel as problem:
        raise Refused(f"The model cannot be used: {problem}") from None


def of_collection(folder: Path, *, model: str | None, say: Say) -> QuestionSet:
    """The questions of a collection, its texts loaded and indexed in a database of their own. Raises Refused."""
    from search.evaluation.collected.database import NoDatabase, point_django_at

    try:
        collection = read_collection(folder)
        point_django_at(collection.name, model=model, languages=collection.languages)
    except (CollectionError, NoDatabase) as problem:
        raise Refused(str(problem)) from None
    import django

    django.setup()
    from django.core.management import call_command

    say("database of the collection")
    call_command("migrate", verbosity=0, skip_checks=True)
    try:
        return _loaded(collection, say)
    except CollectionError as problem:
        raise Refused(str(problem)) from None


def _loaded(collection: Collection, say: Say) -> QuestionSet:
    from search.evaluation.collected import loading
    from search.retrieval.asking import site_languages

    known = [code for code in collection.languages if code in site_languages()]
    if not known:
        raise Refused(
            f"{collection.folder} has texts in {', '.join(collection.languages)}; search knows "
            f"{', '.join(site_languages())}"
        )
    found = questions(collection, known)
    try:
        loading.load(collection, known, say=say)
    except loading.NotIndexed as problem:
        raise Refused(f"{problem}. The same command goes on where this one stopped.") from None
    if left := sorted(set(collection.languages) - set(known)):
        found = replace(found, warnings=(*found.warnings, f"texts in {', '.join(left)} are left out"))
    return found


def foreign(folder: Path) -> list[Question]:
    """Questions of another collection, which nothing here answers, in halves drawn by lot: its own may be uneven.

    Raises Refused.
    """
    try:
        found = questions(read_collection(folder)).sample(FOREIGN).questions
    except CollectionError as problem:
        raise Refused(str(problem)) from None
    once = {question.id: question for question in found}
    return [
        replace(
            question,
            id=f"foreign:{question.id}",
            wanted={},
            passages={},
            text_language="",
            only_language=None,
            kind=UNANSWERABLE,
            split=split_of("", question.id),
        )
        for question in once.values()
    ]
