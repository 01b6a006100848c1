"""Judged questions -> a file."""

from __future__ import annotations

from typing import Any

import yaml
from django.utils.translation import gettext as _

from search.evaluation.addresses import address_of, pages_of
from search.evaluation.models import JudgedQuestion, Judgement
from search.reader import Reader


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
