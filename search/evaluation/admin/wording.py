"""What is measured and with which figures, in the words of an editor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import Enum
from typing import Any

from django.utils.formats import localize
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from search.conf import SearchConf, conf
from search.evaluation.legs import FULL, LEGS
from search.reports import language_name

Text = str | Promise


class Unit(Enum):
    PERCENT = "percent"
    """stored as a share in [0, 1], shown in percent"""
    TIMES = "times"
    """how often something counts"""
    CHOICE = "choice"


@dataclass(frozen=True)
class Setting:
    """A figure of search/conf.py that somebody may try another value of."""

    figure: str
    label: Text
    help: Text
    unit: Unit = Unit.PERCENT
    most: int = 100
    """largest value, in the unit that is shown; the least is 0"""
    choices: tuple[tuple[str, Text], ...] = ()

    @property
    def now(self) -> Any:
        """The site's own value, in the unit that is shown."""
        return self.shown(getattr(conf(), self.figure))

    def shown(self, value: Any) -> Any:
        return round(value * 100, 2) if self.unit is Unit.PERCENT else value

    def stored(self, value: Any) -> Any:
        """What a form gives, as the figure."""
        if self.unit is Unit.CHOICE:
            return value
        return round(value / 100, 4) if self.unit is Unit.PERCENT else float(value)

    def said(self, value: Any) -> str:
        """A stored value for people: "60 %", "4 times"."""
        if self.unit is Unit.CHOICE:
            return str(dict(self.choices).get(value, value))
        if not isinstance(value, int | float):
            return str(value)
        number = self.shown(value)
        number = localize(int(number) if number == int(number) else number)
        return f"{number} %" if self.unit is Unit.PERCENT else f"{number} ×"


_ALL = (
    Setting(
        "dense_weight",
        gettext_lazy("Weight of the meaning"),
        gettext_lazy("How much the meaning counts beside the words. 0: words alone; 100: meaning alone."),
    ),
    Setting(
        "dense_weight_foreign",
        gettext_lazy("Weight of the meaning in a foreign language"),
        gettext_lazy("The same where the language model does not speak the language of question or text."),
    ),
    Setting(
        "bridge",
        gettext_lazy("Weight of translated words"),
        gettext_lazy(
            "How much a word counts that was found in its German or English translation. 0: none is translated."
        ),
    ),
    Setting(
        "gram_weight",
        gettext_lazy("Weight of similar spelling, German"),
        gettext_lazy("How much parts of words count beside whole words, in German texts."),
    ),
    Setting(
        "gram_weight_other",
        gettext_lazy("Weight of similar spelling, other languages"),
        gettext_lazy("The same in texts of other languages."),
    ),
    Setting(
        "factor_compound",
        gettext_lazy("Weight of a compound"),
        gettext_lazy("How much “Förderantrag” counts when somebody asks for “Antrag”."),
    ),
    Setting(
        "page_share",
        gettext_lazy("Weight of the whole page"),
        gettext_lazy("How much all of a page's text counts beside its best passage."),
    ),
    Setting(
        "weight_title",
        gettext_lazy("Words of the title"),
        gettext_lazy("How often such a word counts, compared with one in the text."),
        Unit.TIMES,
        most=20,
    ),
    Setting(
        "weight_heading",
        gettext_lazy("Words of headings"),
        gettext_lazy("Likewise."),
        Unit.TIMES,
        most=20,
    ),
    Setting(
        "weight_keywords",
        gettext_lazy("Further search words"),
        gettext_lazy("Likewise, for the words that authors add to a page."),
        Unit.TIMES,
        most=20,
    ),
    Setting(
        "result_floor",
        gettext_lazy("End of the list"),
        gettext_lazy("A page weaker than this share of the best one is left out."),
    ),
    Setting(
        "fusion",
        gettext_lazy("Words and meaning are put together"),
        gettext_lazy("By the strength of each hit, with the weights above, or by places alone."),
        Unit.CHOICE,
        choices=(("convex", gettext_lazy("by strength")), ("rrf", gettext_lazy("by places"))),
    ),
)
_KNOWN = {field.name for field in fields(SearchConf)}
SETTINGS: Mapping[str, Setting] = {one.figure: one for one in _ALL if one.figure in _KNOWN}

WHAT: Mapping[str, Text] = {
    name: label
    for name, label in {
        FULL: gettext_lazy("The whole search, as readers see it"),
        "words": gettext_lazy("Words alone"),
        "words without bridge": gettext_lazy("Words alone, without translating them"),
        "grams": gettext_lazy("Similar spelling alone"),
        "words and grams": gettext_lazy("Words and similar spelling, without meaning"),
        "meaning": gettext_lazy("Meaning alone"),
        "rrf": gettext_lazy("Words and meaning put together by places"),
    }.items()
    if name in LEGS
}
"""What can be measured: name of a leg -> how it is called."""


def what(leg: str) -> str:
    """A leg for people; its name where none was given to it."""
    return str(WHAT.get(leg, leg))


def said(figures: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(name, value) of the figures of a measurement, those that no form offers by their own names."""
    return [
        (str(SETTINGS[name].label), SETTINGS[name].said(value)) if name in SETTINGS else (name, str(value))
        for name, value in figures.items()
    ]


def pair(code: str) -> str:
    """ "de-en" -> "German → English"; "all" -> "All"."""
    if code == "all":
        return _("All")

    def name(language: str) -> str:
        try:
            return language_name(language)
        except KeyError:
            return language

    asked, _dash, text = code.partition("-")
    return name(asked) if not text or asked == text else f"{name(asked)} → {name(text)}"
