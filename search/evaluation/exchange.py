"""Judged questions as a YAML file and back, in the form of the demo content's own (site/demo/judgements.yaml)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

import yaml
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from search.evaluation.addresses import MAX_LENGTH, address_of, pages_at, pages_of
from search.evaluation.marking import headings_of
from search.evaluation.models import JudgedQuestion, Judgement
from search.evaluation.questions import UNANSWERABLE
from search.reader import Reader
from search.retrieval.question import parse

MAX_BYTES = 2 * 1024 * 1024
MAX_QUESTIONS = 3_000
"""Ten times what the demo content has; reading and storing them takes some two seconds."""
MAX_ANSWERS = 100
"""Marks of one question: twice what recall@50 looks at."""
MAX_DEPTH = 4
"""A list of questions with a list of answers with fields. Deeper nesting is no such file."""
PROBLEMS_SHOWN = 30

FIELDS = {"id", "question", "language", "kind", "split", "reader", "answers"}
ANSWER_FIELDS = {"page", "grade", "heading", "anchor"}

EXAMPLE = """\
- id: de-001
  question: "Wie gewinne ich neue Mitglieder?"
  language: de
  kind: german
  split: held
  answers:
    - {page: /de/werkzeugkasten/mitglieder-gewinnen/, grade: 3, heading: "Ablauf"}
    - {page: guides/mitgliederbindung-jahresplan, grade: 1}
"""


class FileRefused(Exception):
    """Nothing was taken in. `problems` are sentences for people; `more` counts those that are not in the list."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems[:3]))
        self.problems = list(problems[:PROBLEMS_SHOWN])
        self.more = max(0, len(problems) - PROBLEMS_SHOWN)


@dataclass(frozen=True)
class Done:
    new: int
    replaced: int
    kept: int


@dataclass(frozen=True)
class ReadAnswer:
    page: str
    grade: int
    heading: str = ""
    anchor: str = ""


@dataclass(frozen=True)
class ReadQuestion:
    where: str
    """id and line, for messages"""
    text: str
    language: str
    kind: str = ""
    split: str = ""
    reader: str = JudgedQuestion.Asker.VISITOR
    answers: tuple[ReadAnswer, ...] = field(default=())

    @property
    def identity(self) -> tuple[str, str, str]:
        return self.text, self.language, self.reader


# --- Out ------------------------------------------------------------------------------------------


class _OnOneLine(dict):
    """Written as {page: …, grade: 3}."""


class _Dumper(yaml.SafeDumper):
    """Blank lines between questions would be nicer, but any YAML reader reads this."""


_Dumper.add_representer(
    _OnOneLine,
    lambda dumper, data: dumper.represent_mapping("tag:yaml.org,2002:map", data.items(), flow_style=True),
)


def write(questions: Any, *, reader: Reader) -> str:
    """A file of these questions (a queryset). Marks on pages that `reader` may not see are left out."""
    rows = list(questions.prefetch_related("judgements"))
    keys = {judgement.translation_key for row in rows for judgement in row.judgements.all()}
    addresses = {
        language: {
            key: address_of(page) for key, page in pages_of(keys, reader=reader, language=language).items()
        }
        for language in {row.language for row in rows}
    }
    out: list[dict[str, Any]] = []
    left_out = 0
    for row in rows:
        answers = []
        for judgement in row.judgements.all():
            address = addresses[row.language].get(judgement.translation_key)
            if address:
                answers.append(_written_answer(judgement, address))
            else:
                left_out += 1
        out.append(
            {"id": row.source.rpartition(":")[2] if row.source else f"q-{row.pk}", "question": row.text}
            | {"language": row.language, "kind": row.kind, "split": row.split}
            | ({"reader": row.reader} if row.reader != JudgedQuestion.Asker.VISITOR else {})
            | {"answers": answers}
        )
    head = [
        "kind: " + " | ".join(value for value in JudgedQuestion.Kind.values if value),
        "split: " + " | ".join(value for value in JudgedQuestion.Split.values if value),
        "grade: " + ", ".join(f"{grade.value} = {grade.label}" for grade in Judgement.Grade),
    ]
    if left_out:
        head.append(
            _("%(count)s marks are left out: their pages are gone, or not for you.") % {"count": left_out}
        )
    comment = "".join(f"# {line}\n" for line in head)
    body = yaml.dump(out, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)
    return f"{comment}\n{body}"


def _written_answer(judgement: Judgement, address: str) -> dict[str, Any]:
    found: dict[str, Any] = {"page": address, "grade": judgement.grade}
    if judgement.heading:
        found["heading"] = judgement.heading
    if judgement.anchor:
        found["anchor"] = judgement.anchor
    return _OnOneLine(found)


# --- In -------------------------------------------------------------------------------------------


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


def read(data: bytes) -> list[ReadQuestion]:
    """The questions of a file, checked by themselves, before any page is looked up. Raises FileRefused."""
    problems: list[str] = []
    nodes = _nodes(data)
    if len(nodes) > MAX_QUESTIONS:
        raise FileRefused(
            [
                _("The file has %(count)s questions; %(limit)s is the most.")
                % {"count": len(nodes), "limit": MAX_QUESTIONS}
            ]
        )
    questions = []
    seen: set[tuple[str, str, str]] = set()
    for node in nodes:
        line = node.start_mark.line + 1
        question = _question(_plain(node), line, problems)
        if question is None:
            continue
        if question.identity in seen:
            problems.append(_("%(where)s: this question is in the file twice.") % {"where": question.where})
        seen.add(question.identity)
        questions.append(question)
    if problems:
        raise FileRefused(problems)
    if not questions:
        raise FileRefused([_("There is no question in the file.")])
    return questions


def _nodes(data: bytes) -> list[yaml.Node]:
    """The entries of the list that the file must be. Raises FileRefused."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        text = data.decode("utf-8-sig")
        depth = 0
        # Events come one at a time: what would explode or overflow when composed is seen before.
        for event in yaml.parse(text, Loader=loader):
            if isinstance(event, yaml.AliasEvent):
                raise FileRefused([_("The file refers to parts of itself (“*name”). Please write them out.")])
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_DEPTH:
                raise FileRefused([_("This is not a list of judged questions.")])
        root = yaml.compose(text, Loader=loader)
    except UnicodeDecodeError as error:
        raise FileRefused([_("The file is not a text in UTF-8.")]) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise FileRefused(
            [
                _("The file is not YAML: line %(line)s cannot be read.") % {"line": mark.line + 1}
                if mark
                else _("The file is not YAML.")
            ]
        ) from error
    if root is None:
        return []
    if not isinstance(root, yaml.SequenceNode):
        raise FileRefused([_("This is not a list of judged questions.")])
    return list(root.value)


def _plain(node: yaml.Node) -> Any:
    """Lists and mappings of texts: dates and numbers stay as typed."""
    if isinstance(node, yaml.MappingNode):
        return {str(_plain(key)): _plain(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item) for item in node.value]
    return str(node.value)


def _question(row: Any, line: int, problems: list[str]) -> ReadQuestion | None:
    """The question of an entry; None, with at least one more problem, where it cannot be taken in."""
    if not isinstance(row, dict):
        problems.append(_("Line %(line)s: a question with its fields is expected.") % {"line": line})
        return None
    where = (
        _("%(id)s (line %(line)s)") % {"id": row["id"], "line": line}
        if isinstance(row.get("id"), str) and row["id"]
        else _("Line %(line)s") % {"line": line}
    )

    def wrong(text: str) -> None:
        problems.append(f"{where}: {text}")

    before = len(problems)
    if unknown := set(row) - FIELDS:
        wrong(_("unknown field “%(name)s”.") % {"name": min(unknown)[:50]})
    values = {name: row.get(name) or "" for name in ("question", "language", "kind", "split", "reader")}
    for name, value in values.items():
        if not isinstance(value, str):
            wrong(_("“%(name)s” must be a single text.") % {"name": name})
            return None
    codes = [code for code, _name in settings.LANGUAGES]
    asked = parse(values["question"], language=values["language"], languages=codes)
    if asked.is_empty:
        wrong(_("the question is missing."))
    if asked.too_long:
        wrong(_("the question is too long."))
    for name, allowed in (
        ("language", codes),
        ("kind", JudgedQuestion.Kind.values),
        ("split", JudgedQuestion.Split.values),
        ("reader", ["", *JudgedQuestion.Asker.values]),
    ):
        if values[name] not in allowed:
            wrong(
                _("“%(name)s” is “%(value)s”; it can be %(allowed)s.")
                % {
                    "name": name,
                    "value": values[name][:50],
                    "allowed": ", ".join(str(one) for one in allowed if one),
                }
            )
    answers = _answers(row.get("answers"), wrong)
    if values["kind"] == UNANSWERABLE and any(answer.grade >= 2 for answer in answers):
        wrong(_("a page is marked as an answer, so this is not a question without an answer."))
    if len(problems) > before:
        return None
    return ReadQuestion(
        where=where,
        text=asked.text,
        language=values["language"],
        kind=values["kind"],
        split=values["split"],
        reader=values["reader"] or JudgedQuestion.Asker.VISITOR,
        answers=tuple(answers),
    )


def _answers(rows: Any, wrong: Any) -> list[ReadAnswer]:
    if not rows:
        return []
    if not isinstance(rows, list) or len(rows) > MAX_ANSWERS:
        wrong(_("“answers” must be a list of at most %(limit)s pages.") % {"limit": MAX_ANSWERS})
        return []
    found = []
    for row in rows:
        if not isinstance(row, dict) or not all(isinstance(value, str) for value in row.values()):
            wrong(_("an answer is a page with its grade."))
            continue
        if unknown := set(row) - ANSWER_FIELDS:
            wrong(_("unknown field “%(name)s”.") % {"name": min(unknown)[:50]})
            continue
        page, grade = row.get("page", "").strip()[:MAX_LENGTH], row.get("grade", "").strip()
        if not page:
            wrong(_("an answer has no page."))
        elif grade not in ("0", "1", "2", "3"):
            wrong(_("the grade of “%(page)s” must be 0, 1, 2 or 3.") % {"page": page})
        else:
            heading, anchor = row.get("heading", "").strip()[:300], row.get("anchor", "").strip()[:200]
            found.append(ReadAnswer(page, int(grade), heading, anchor))
    return found
