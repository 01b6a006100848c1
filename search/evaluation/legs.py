"""What is measured: the pipeline as it is, and with parts of it switched off, as figures of search/conf.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from search.conf import SearchConf

_NO_MEANING = {"dense_weight": 0.0, "dense_weight_foreign": 0.0}
_NO_GRAMS = {"gram_weight": 0.0, "gram_weight_other": 0.0}

SHOWN = "shown"
FULL = "full"

LEGS: Mapping[str, Mapping[str, Any]] = {
    "words": _NO_MEANING | _NO_GRAMS,
    "words without bridge": _NO_MEANING | _NO_GRAMS | {"bridge": 0.0},
    "grams": _NO_MEANING | {"gram_weight": 1.0, "gram_weight_other": 1.0},
    "words and grams": _NO_MEANING,
    "meaning": {"dense_weight": 1.0, "dense_weight_foreign": 1.0},
    "rrf": {"fusion": "rrf"},
    FULL: {},
}
"""Name -> figures that differ from the site's own."""

BASELINES = ("bm25 pages", "bm25 passages", "wagtail", "wagtail any word")
"""Outside methods on the same texts (search.evaluation.baselines)."""

LOOSE: Mapping[str, Any] = {"result_floor": 0.0, "lexical_floor": 0.0, "gram_floor": 0.0}
"""For judging the order: nothing is cut off. The row "shown" is measured with the site's own floors."""

PATIENT: Mapping[str, Any] = {"statement_timeout_ms": 30_000, "embedding_timeout_ms": 30_000}
"""A busy machine must not turn a measurement of quality into one of words alone."""

TENTHS = tuple(round(step / 10, 1) for step in range(11))
GRIDS: Mapping[str, tuple[float, ...]] = {
    "dense_weight": TENTHS,
    "dense_weight_foreign": TENTHS,
    "first_meaning": (0.0, 0.1, 0.2, 0.3, 0.4, 0.5),
    "gram_weight": (0.0, 0.1, 0.2, 0.3, 0.35, 0.4, 0.5, 0.6),
    "gram_weight_other": TENTHS[:6],
    "gram_share": (0.2, 0.3, 0.4, 0.5),
    "factor_correction": (0.4, 0.6, 0.8, 1.0),
    "bridge": (0.0, 0.25, 0.5, 0.75, 1.0),
    "page_share": (0.0, 0.25, 0.5, 0.75, 1.0),
    "weight_title": (1.0, 2.0, 3.0, 4.0, 6.0, 8.0),
    "weight_keywords": (0.0, 1.0, 2.0, 4.0),
    "weight_heading": (1.0, 2.0, 3.0, 4.0),
    "factor_compound": (0.2, 0.4, 0.7, 1.0),
    "factor_parts": (0.2, 0.5, 1.0),
    "bm25_k1": (0.6, 0.9, 1.2, 1.6, 2.0),
    "bm25_b": (0.3, 0.5, 0.75, 0.9),
}
"""Values tried for each figure of search/conf.py that ranks."""

USUAL = ("dense_weight", "dense_weight_foreign", "gram_weight", "gram_weight_other", "bridge", "page_share")
"""The weights of the fusion. Others moved nothing by more than chance so far; they are tried when named."""


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
