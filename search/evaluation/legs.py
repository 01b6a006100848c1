"""What is measured: the pipeline as it is, and with parts of it switched off, as figures of search/conf.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from search.conf import SearchConf

_NO_MEANING = {"dense_weight": 0.0, "dense_weight_foreign": 0.0}

SHOWN = "shown"
FULL = "full"

LEGS: Mapping[str, Mapping[str, Any]] = {
    "words": _NO_MEANING | {"gram_weight": 0.0},
    "words without bridge": _NO_MEANING | {"gram_weight": 0.0, "bridge": 0.0},
    "grams": _NO_MEANING | {"gram_weight": 1.0},
    "words and grams": _NO_MEANING,
    "meaning": {"dense_weight": 1.0, "dense_weight_foreign": 1.0},
    "rrf": {"fusion": "rrf"},
    FULL: {},
}
"""Name -> figures that differ from the site's own."""

BASELINES = ("bm25 pages", "bm25 passages", "wagtail", "wagtail any word")
"""Outside methods on the same texts (search.evaluation.baselines)."""

SINGLE = ("words", "grams", "meaning")
"""Legs that the full pipeline must beat: it is made of them."""

LOOSE: Mapping[str, Any] = {"result_floor": 0.0, "lexical_floor": 0.0}
"""For judging the order: nothing is cut off. The row "shown" is measured with the site's own floors."""

PATIENT: Mapping[str, Any] = {"statement_timeout_ms": 30_000, "embedding_timeout_ms": 30_000}
"""A busy machine must not turn a measurement of quality into one of words alone."""


def figures_of(leg: str, given: Mapping[str, Any] = {}) -> dict[str, Any]:
    """Figures in force for a leg; `given` are those a person wants to try, and a leg's own go before them.

    Raises KeyError for a leg that is none.
    """
    if leg == SHOWN:
        return {**PATIENT, **given}
    return {**PATIENT, **LOOSE, **given, **LEGS[leg]}


def read_figure(text: str) -> tuple[str, Any]:
    """ "dense_weight=0.4" as name and value. Raises ValueError with a sentence for a person."""
    name, sign, value = text.partition("=")
    default = {field.name: getattr(SearchConf(), field.name) for field in fields(SearchConf)}
    if not sign or name.strip() not in default:
        raise ValueError(f"“{text}”: write FIGURE=VALUE with a figure of search/conf.py")
    before = default[name.strip()]
    kind = type(before)
    if isinstance(before, bool):
        if value.strip().lower() not in ("true", "false"):
            raise ValueError(f"“{text}”: true or false is expected")
        return name.strip(), value.strip().lower() == "true"
    if not isinstance(before, int | float | str):
        raise ValueError(f"“{name.strip()}” is no single number or word, so it cannot be given here")
    try:
        return name.strip(), kind(value.strip())
    except ValueError:
        raise ValueError(f"“{text}”: {kind.__name__} is expected") from None
