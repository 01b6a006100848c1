"""The forms of the room."""

from __future__ import annotations

from collections.abc import Sequence
from re import fullmatch
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminPageChooser
from wagtail.models import Page

from kb.bridges.models import Bridge, LinkedPage
from kb.bridges.people import name_of
from kb.bridges.services import FEWEST_CLUSTERS
from kb.clusters.members import members_of
from kb.clusters.models import ClusterPage


class BridgeForm(forms.ModelForm):
    """Title and problem in at least one language, and the clusters. `offered`: cluster pages to choose from."""

    clusters = forms.TypedMultipleChoiceField(
        label=_("Clusters"), coerce=UUID, widget=forms.CheckboxSelectMultiple, required=False
    )

    class Meta:
        model = Bridge
        fields = ["title_de", "title_en", "problem_de", "problem_en", "kind"]
        widgets = {
            "problem_de": forms.Textarea(attrs={"rows": 4, "lang": "de"}),
            "problem_en": forms.Textarea(attrs={"rows": 4, "lang": "en"}),
            "title_de": forms.TextInput(attrs={"lang": "de"}),
            "title_en": forms.TextInput(attrs={"lang": "en"}),
        }

    def __init__(self, *args: Any, offered: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["clusters"].choices = [(str(page.translation_key), page.title) for page in offered]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not (cleaned.get("title_de") or cleaned.get("title_en")) and "title_de" not in self.errors:
            self.add_error("title_de", _("Please give it a title in one of the two languages."))
        if len(cleaned.get("clusters") or ()) + self.kept < FEWEST_CLUSTERS and "clusters" not in self.errors:
            self.add_error("clusters", _("A bridge has at least two clusters."))
        return cleaned

    kept = 0
    """clusters of the bridge that the editor cannot see, and so cannot take away"""

    def validate_constraints(self) -> None:
        """`clean` says in words what the table demands."""

    def texts(self) -> dict[str, str]:
        return {
            name: self.cleaned_data[name] for name in ("title_de", "title_en", "problem_de", "problem_en")
        }


class PeopleForm(forms.Form):
    """A list of people for each cluster. `clusters`: (key, title) pairs; `chosen`: key -> user keys."""

    def __init__(
        self, *args: Any, clusters: Sequence[tuple[UUID, str]], chosen: dict[UUID, list[int]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.keys = {f"cluster_{number}": key for number, (key, _title) in enumerate(clusters)}
        for (name, key), (_key, title) in zip(self.keys.items(), clusters, strict=True):
            team = [(user.pk, name_of(user)) for user in members_of(key)]
            self.fields[name] = forms.TypedMultipleChoiceField(
                label=title,
                coerce=int,
                required=False,
                choices=team,
                initial=chosen.get(key, []),
                widget=forms.CheckboxSelectMultiple,
                help_text=""
                if team
                else _(
                    "Nobody is in this cluster’s team yet. The administration says who is: Settings, Cluster teams."
                ),
            )

    def people(self) -> dict[UUID, list[int]]:
        return {key: self.cleaned_data[name] for name, key in self.keys.items()}


class PageForm(forms.Form):
    """A page to choose. `pages`: what the editor may see."""

    page = forms.ModelChoiceField(
        label=_("Page"),
        queryset=Page.objects.none(),
        widget=AdminPageChooser(),
        error_messages={"invalid_choice": _("This page is not published, or not for you to read.")},
    )

    def __init__(self, data: Any = None, *, pages: Any) -> None:
        if data is not None and not fullmatch(r"[0-9]{1,9}", data.get("page", "")):
            data = data.copy()
            data["page"] = ""  # the widget looks up whatever it is given
        super().__init__(data)
        self.fields["page"].queryset = pages  # type: ignore[attr-defined]


class EvidencePageForm(PageForm):
    """First half of adding evidence."""


class EvidenceForm(forms.Form):
    """Second half: the passage, for whom it speaks, and what it stands beside."""

    NEW_ROW = "new"

    cluster = forms.TypedChoiceField(label=_("Speaks for"), coerce=UUID, widget=forms.RadioSelect)
    row = forms.ChoiceField(label=_("Stands beside"), widget=forms.RadioSelect)
    anchor = forms.ChoiceField(label=_("Passage"), widget=forms.RadioSelect)

    def __init__(
        self,
        *args: Any,
        clusters: Sequence[tuple[str, str]],
        rows: Sequence[tuple[str, str]],
        passages: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cluster"].choices = clusters  # type: ignore[attr-defined]
        self.fields["row"].choices = [(self.NEW_ROW, _("Nothing: a line of its own")), *rows]  # type: ignore[attr-defined]
        self.fields["anchor"].choices = passages  # type: ignore[attr-defined]
        self.fields["anchor"].required = False  # the beginning of a page has the anchor ""
        self.initial.setdefault("row", self.NEW_ROW)

    def row_number(self) -> int | None:
        value = self.cleaned_data["row"]
        return None if value == self.NEW_ROW else int(value)


class LinkForm(PageForm):
    """A page that helps, or that came of it."""

    role = forms.ChoiceField(label=_("What for"), choices=LinkedPage.Role.choices, widget=forms.RadioSelect)


def cluster_choices(language: str, user_pages: Any) -> list[Any]:
    """The clusters among `user_pages` (what the editor may see), one version of each, by title."""
    found: dict[UUID, Any] = {}
    for page in user_pages.filter(
        pk__in=ClusterPage.objects.values("pk"), alias_of__isnull=True
    ).select_related("locale"):
        if page.translation_key not in found or page.locale.language_code == language:
            found[page.translation_key] = page
    return sorted(found.values(), key=lambda page: page.title.casefold())
