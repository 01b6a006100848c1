"""What editors type and choose: questions, marks, files, settings to measure."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlsplit
from uuid import UUID

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminPageChooser
from wagtail.models import Page

from search.conf import conf
from search.evaluation.addresses import MAX_LENGTH, PageUnknown, page_at, page_with_id
from search.evaluation.admin.board import Row, with_mark
from search.evaluation.admin.wording import SETTINGS, WHAT, Setting, Unit
from search.evaluation.legs import FULL
from search.evaluation.marking import Mark
from search.evaluation.models import JudgedQuestion, Judgement, Run
from search.reader import ANONYMOUS, Reader
from search.retrieval.question import parse

NO_MARK = ""
NO_SUCH_PAGE = _("There is no published page there that you may see and the search knows.")
GRADES = [
    (str(grade.value), grade.label) for grade in sorted(Judgement.Grade, key=lambda grade: -grade.value)
]


def grade_field(*, blank: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=_("How well does this page answer?"),
        choices=[*GRADES, (NO_MARK, blank)],
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )


class AskForm(forms.Form):
    """The question, the language in which it is read, and who asks."""

    q = forms.CharField(label=_("Question"), max_length=500)
    language = forms.ChoiceField(label=_("Language of the reader"), choices=settings.LANGUAGES)
    reader = forms.ChoiceField(label=_("Asked by"), choices=JudgedQuestion.Asker.choices)

    def clean_q(self) -> str:
        return _readable(self.cleaned_data["q"], self.data.get("language", ""))


class QuestionForm(forms.ModelForm):
    """A question as it is stored. Judging a new one starts with AskForm; this one saves it."""

    language = forms.ChoiceField(label=_("Language of the reader"), choices=settings.LANGUAGES)

    class Meta:
        model = JudgedQuestion
        fields = ["text", "language", "reader", "kind", "split"]
        widgets = {"text": forms.TextInput}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            # What was on the screen comes back, so that what somebody else has changed meanwhile is told apart.
            field.show_hidden_initial = True

    def hidden_initials(self) -> SafeString:
        """What was on the screen, for `changed_data`: Wagtail's way to show a field leaves it out."""
        return format_html_join("", "{}", ((field.as_hidden(only_initial=True),) for field in self))

    def clean_text(self) -> str:
        return _readable(self.cleaned_data["text"], self.data.get("language", ""))


def _readable(text: str, language: str) -> str:
    """The question as the search understands it. Raises ValidationError when nothing is left of it."""
    asked = parse(
        text, language=language or settings.LANGUAGE_CODE, languages=[code for code, _ in settings.LANGUAGES]
    )
    if asked.is_empty:
        raise ValidationError(_("Please type a question with at least one word."))
    if asked.too_long:
        raise ValidationError(
            _("Please ask in at most %(limit)s characters.") % {"limit": conf().question_max_chars}
        )
    return asked.text


class MarkForm(forms.Form):
    """The mark of one page. `was` carries what was on the screen, so that only what somebody changed is saved."""

    grade = grade_field(blank=_("Not marked"))
    anchor = forms.ChoiceField(label=_("Which passage?"), required=False)
    was = forms.CharField(widget=forms.HiddenInput, required=False, max_length=300, strip=False)

    def __init__(self, row: Row, stored: Mark, *, chosen: Mark | None = None, data: Any = None) -> None:
        """`chosen` is what this editor wanted while somebody else saved `stored`."""
        mark = stored if chosen is None else chosen
        self.row = with_mark(with_mark(row, stored), mark)
        self.stored = stored
        found = row.found_anchor if row.found_anchor in dict(row.passages) else ""
        self.differs = chosen is not None and chosen != stored
        super().__init__(
            data,
            prefix=f"page-{row.key.hex}",
            initial={
                "grade": NO_MARK if mark.grade is None else mark.grade,
                "anchor": found if mark.grade is None else mark.anchor,
                "was": written(stored),
            },
        )
        field = self.fields["anchor"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("The page as a whole")), *self.row.passages]

    @property
    def stored_label(self) -> str:
        return str(_("Not marked") if self.stored.grade is None else Judgement.Grade(self.stored.grade).label)

    @property
    def mark(self) -> Mark:
        """The mark that was chosen; only after is_valid()."""
        grade = self.cleaned_data["grade"]
        return Mark() if grade is None else Mark(grade, self.cleaned_data["anchor"])

    @property
    def is_touched(self) -> bool:
        return written(self.mark) != self.cleaned_data["was"]


def written(mark: Mark) -> str:
    """A mark in one string, to be compared with another one."""
    return "" if mark.grade is None else f"{mark.grade}:{mark.anchor}"


def posted_keys(data: Any, *, limit: int = 200) -> list[UUID]:
    """Keys of the pages that were on the screen, as far as they are keys. Beyond `limit` they are not ours."""
    found = []
    for text in data.getlist("page")[:limit]:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


class _PageChooser(AdminPageChooser):
    """Wagtail's own, which also shows a form again that something else than a page was sent to."""

    def get_instance(self, value: Any) -> Any:
        if isinstance(value, str) and not value.isdecimal():
            return None
        return super().get_instance(value)


class AddPageForm(forms.Form):
    """A page that the search did not find."""

    page = forms.IntegerField(
        label=_("Choose the page"),
        required=False,
        widget=_PageChooser(show_edit_link=False),
    )
    address = forms.CharField(
        label=_("Or paste its address"),
        required=False,
        max_length=MAX_LENGTH,
        help_text=_("From the address bar of your browser, with the passage after # if you like."),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )
    grade = grade_field(blank=_("Not marked"))

    prefix = "add"

    def __init__(self, data: Any = None, *, reader: Reader = ANONYMOUS) -> None:
        """`reader` is the editor's: no other page can be added."""
        super().__init__(data)
        self.reader = reader
        self.found: Page | None = None
        """the page that was chosen or whose address was pasted; only after is_valid()"""

    def clean_page(self) -> int | None:
        page_id: int | None = self.cleaned_data["page"]
        if page_id is not None:
            try:
                self.found = page_with_id(page_id, reader=self.reader)
            except PageUnknown:
                # The field would show its title when the form is shown again.
                data = cast(QueryDict, self.data).copy()
                data[self.add_prefix("page")] = ""
                self.data = data
                raise ValidationError(NO_SUCH_PAGE) from None
        return page_id

    def clean_address(self) -> str:
        address: str = self.cleaned_data["address"]
        if address:
            try:
                self.found = page_at(address, reader=self.reader)
            except PageUnknown:
                raise ValidationError(NO_SUCH_PAGE) from None
        return address

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("page") and values.get("address"):
            raise ValidationError(_("Please choose a page or paste an address, not both."))
        if self.found and values.get("grade") is None and "grade" not in self.errors:
            self.add_error("grade", _("Please say how well this page answers."))
        if not self.found and values.get("grade") is not None and not self.errors:
            self.add_error("address", _("Please say which page you mean."))
        return values

    @property
    def anchor(self) -> str:
        """What the pasted address has after its #."""
        return urlsplit(self.cleaned_data["address"] or "").fragment


class ImportForm(forms.Form):
    """A file of judged questions."""

    KEEP, REPLACE = "keep", "replace"

    file = forms.FileField(label=_("File"), help_text=_("YAML, as exported here; at most 2 MB."))
    present = forms.ChoiceField(
        label=_("Questions that are here already"),
        choices=[
            (KEEP, _("keep the marks they have here")),
            (REPLACE, _("get the marks of the file")),
        ],
        initial=KEEP,
        widget=forms.RadioSelect,
    )


class RunForm(forms.ModelForm):
    """What to measure, and with which figures. An empty figure is the site's own."""

    leg = forms.ChoiceField(label=_("What is measured"), choices=list(WHAT.items()), initial=FULL)
    split = forms.ChoiceField(
        label=_("Which questions"),
        required=False,
        choices=[
            ("", _("All judged questions")),
            (JudgedQuestion.Split.TUNE, _("Those for tuning")),
            (JudgedQuestion.Split.HELD, _("Those held back")),
        ],
    )

    class Meta:
        model = Run
        fields = ["name", "leg", "split"]
        help_texts = {"name": _("So that you recognise it, for example “Meaning counts more”.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for setting in SETTINGS.values():
            self.fields[f"figure-{setting.figure}"] = _figure_field(setting)

    @property
    def figure_fields(self) -> list[Any]:
        return [self[f"figure-{figure}"] for figure in SETTINGS]

    @property
    def figures(self) -> dict[str, Any]:
        """Figures that differ from the site's own; only after is_valid()."""
        found = {}
        for figure, setting in SETTINGS.items():
            value = self.cleaned_data.get(f"figure-{figure}")
            if value not in (None, "") and (stored := setting.stored(value)) != getattr(conf(), figure):
                found[figure] = stored
        return found


def _figure_field(setting: Setting) -> forms.Field:
    now = gettext("Now: %(value)s.") % {"value": setting.said(getattr(conf(), setting.figure))}
    help_text = f"{setting.help} {now}"
    if setting.unit is Unit.CHOICE:
        return forms.ChoiceField(
            label=str(setting.label),
            help_text=help_text,
            required=False,
            choices=[("", _("as on the site")), *setting.choices],
        )
    return forms.FloatField(
        label=str(setting.label),
        help_text=help_text,
        required=False,
        min_value=0,
        max_value=setting.most,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "any"}),
    )
