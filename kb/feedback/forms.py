from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from kb.feedback.models import Feedback


class ReasonForm(forms.Form):
    """Why a page did or did not help. Everything is optional."""

    reason = forms.ChoiceField(
        label=_("What was the matter?"),
        choices=Feedback.Reason.choices,
        widget=forms.RadioSelect,
        required=False,
    )
    text = forms.CharField(
        label=_("In your words"),
        help_text=_("What should we change? Please name nobody. At most 500 characters."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=500,
        required=False,
    )

    def __init__(self, *args: object, helpful: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if helpful:
            del self.fields["reason"]
            self.fields["text"].help_text = _(
                "What helped, and what for? Please name nobody. At most 500 characters."
            )
