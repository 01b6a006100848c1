"""Dates and times in the admin's forms: the browser's own fields. They show the reader's form of a date, take only a day
that exists, and send it in one form (HTML, 4.10.5.1.7). Wagtail's field wants 2027-12-31 whatever the language, and makes
today of a date that a German types."""

from typing import Any

from django import forms
from wagtail.admin.panels import FieldPanel, PublishingPanel


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class MomentInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%dT%H:%M")


def schedule_panel() -> PublishingPanel:
    """Wagtail's panel for the dates of going live and of expiry; its dialog empties fields that are not confirmed."""
    attrs = {
        "data-controller": "w-action",
        "data-action": "w-dialog:hidden->w-action#reset",
        "data-w-dialog-target": "notify",
    }
    return PublishingPanel(
        children=[FieldPanel(name, widget=MomentInput(attrs)) for name in ("go_live_at", "expire_at")]
    )
