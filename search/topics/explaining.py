"""Why two owners are proposed to each other, in one sentence of the active language."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext

from search.topics.reading import Side

TERMS = 3
"""More make a list, not a sentence."""


def explanation(kind: str, left: Side, right: Side, terms: Sequence[str]) -> str:
    """Templates and words that stand on the pages; nothing is made up."""
    words = {
        "left": left.owner.title,
        "right": right.owner.title,
        "left_label": left.label,
        "right_label": right.label,
        "terms": _listed(terms[:TERMS]),
    }
    if kind == "need_offer":
        if terms:
            return gettext(
                "%(left)s is looking for something that %(right)s offers. Both speak of %(terms)s."
            ) % (words)
        return gettext("%(left)s is looking for something that %(right)s offers.") % words
    if left.label == right.label:
        return gettext("%(left)s and %(right)s both work on “%(left_label)s”.") % words
    if terms:
        return (
            gettext(
                "%(left)s works on “%(left_label)s”, %(right)s on “%(right_label)s”. Both speak of %(terms)s."
            )
            % words
        )
    return gettext("%(left)s works on “%(left_label)s”, %(right)s on “%(right_label)s”.") % words


def _listed(words: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    if len(words) < 2:
        return "".join(words)
    return gettext("%(first)s and %(last)s") % {"first": ", ".join(words[:-1]), "last": words[-1]}
