"""What an editor decides about a topic."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from search.topics.models import Topic
from search.topics.reading import ReadTopic
from search.topics.services import LONGEST_LABEL


class TopicForm(forms.Form):
    """A label for each language of the site, whether it is shown, and which other topic it is part of."""

    def __init__(
        self, *args: Any, topic: Topic, others: Iterable[ReadTopic], has_merged: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for code, _name in settings.LANGUAGES:
            self.fields[f"label_{code}"] = forms.CharField(
                label=_("Label in %(language)s") % {"language": get_language_info(code)["name_translated"]},
                max_length=LONGEST_LABEL,
                required=False,
                initial=topic.given_labels.get(code, ""),
                help_text=_("Found on the pages: “%(label)s”. Empty: this one is shown.")
                % {"label": topic.labels[code]}
                if topic.labels.get(code)
                else "",
            )
        self.fields["hidden"] = forms.BooleanField(
            label=_("Hide this topic"),
            required=False,
            initial=topic.hidden,
            help_text=_("Nobody sees it, and no bridge is proposed because of it."),
        )
        self.fields["merged_into"] = forms.ChoiceField(
            label=_("Part of another topic"),
            required=False,
            choices=[("", _("No, it stands for itself")), *((str(one.key), one.label) for one in others)],
            help_text=_("Both are shown as one, under the label of the other."),
        )
        if has_merged:
            self.fields["apart"] = forms.BooleanField(
                label=_("Take apart what was merged into this topic"), required=False
            )

    def labels(self) -> dict[str, str]:
        """Language -> label; "" where that of the machine is wanted."""
        return {code: self.cleaned_data[f"label_{code}"] for code, _name in settings.LANGUAGES}
