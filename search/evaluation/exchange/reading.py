"""A file -> questions, checked by themselves, before any page is looked up."""

from __future__ import annotations

from typing import Any

import yaml
from django.conf import settings
from django.utils.translation import gettext as _

from search.evaluation.addresses import MAX_LENGTH
from search.evaluation.exchange.form import (
    ANSWER_FIELDS,
    FIELDS,
    MAX_ANSWERS,
    MAX_DEPTH,
    MAX_QUESTIONS,
    FileRefused,
    ReadAnswer,
    ReadQuestion,
)
from search.evaluation.models import JudgedQuestion
from search.evaluation.questions import UNANSWERABLE
from search.retrieval.question import parse


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
