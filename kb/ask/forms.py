"""The question and its filters as they stand in the address. Nothing a reader can type is an error."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from kb.core.templatetags.reading import KIND_LABELS
from search.analysis.normalise import clean
from search.retrieval.question import parse

LONGEST_QUESTION = 500
"""Characters that are asked; the page says so when a question is longer."""
LAST_PAGE = 50
"""Nobody reads on; a crawler would."""

FILTERS = ("kind", "task_area", "cluster", "language")


class QuestionField(forms.CharField):
    """Text without anything that cannot be seen, cut at LONGEST_QUESTION."""

    def to_python(self, value: Any) -> str:
        # clean() first: a soft hyphen out of a PDF must not cut the word that it stands in.
        printable = "".join(char if char.isprintable() else " " for char in clean(str(value or "")))
        return " ".join(printable.split())[:LONGEST_QUESTION].rstrip()


class QuestionForm(forms.Form):
    """?q=&kind=&task_area=&cluster=&language=&page= ; a value that cannot be is as good as none."""

    q = QuestionField(label=_("Your question"), required=False)
    kind = forms.ChoiceField(required=False, choices=[(kind, label) for kind, label in KIND_LABELS.items()])
    task_area = forms.UUIDField(required=False)
    cluster = forms.UUIDField(required=False)
    language = forms.ChoiceField(required=False, choices=settings.LANGUAGES)
    page = forms.IntegerField(required=False, min_value=1, max_value=LAST_PAGE)

    @property
    def question(self) -> str:
        """What is asked, "" for nothing."""
        return self.cleaned_data.get("q") or ""

    def says_something(self, language: str) -> bool:
        """False for a question of function words or signs only ("was ist das", "???"): there is nothing to look for."""
        asked = parse(
            self.question, language=language, languages=[code for code, _name in settings.LANGUAGES]
        )
        return bool(asked.words or asked.phrases)

    @property
    def is_too_long(self) -> bool:
        """True when the question was cut."""
        return len(" ".join(str(self.data.get("q", "")).split())) > LONGEST_QUESTION

    @property
    def filters(self) -> dict[str, str]:
        """The filters in force by name, as text."""
        return {name: str(value) for name in FILTERS if (value := self.cleaned_data.get(name))}

    @property
    def page_number(self) -> int:
        """From 1."""
        return self.cleaned_data.get("page") or 1
