"""Five questions to somebody who has five minutes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

LONGEST = 2000


def _text(label: Any, help_text: Any, *, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=LONGEST,
        required=required,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class ShortReportForm(forms.Form):
    cluster = forms.ChoiceField(label=_("For which cluster?"))
    year = forms.IntegerField(
        label=_("In which year?"),
        min_value=1990,
        widget=forms.NumberInput,
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), _("Please give a year from 1990 until now.")
        ),
    )
    situation = _text(
        _("What was the occasion, and who took part?"),
        _(
            "For example: “Three members could not find apprentices. We invited two schools and eleven companies.”"
        ),
    )
    action = _text(
        _("What did you do?"),
        _("For example: “We shortened the tour to two stations and gave every pupil a task.”"),
    )
    result = _text(
        _("What came of it?"),
        _("For example: “Four companies took on interns, two of them for the first time.”"),
    )
    lessons = _text(
        _("What would you do differently? (optional)"),
        _("What you would tell a colleague who does this next week."),
        required=False,
    )

    def __init__(self, *args: Any, clusters: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cluster, year = self.fields["cluster"], self.fields["year"]
        assert isinstance(cluster, forms.ChoiceField) and isinstance(year, forms.IntegerField)
        cluster.choices = clusters
        this_year = timezone.localdate().year
        year.initial = this_year
        year.validators.append(MaxValueValidator(this_year))
