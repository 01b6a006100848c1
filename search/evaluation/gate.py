"""The figures below which the tests fail: kept in a file, written by `./lotse evaluate --keep FILE`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from search.evaluation.legs import FULL
from search.evaluation.measuring import Measurement

MARGIN = 0.03
"""nDCG@10 may fall by so much: another machine rounds vectors differently and swaps neighbours, which moved a mean of
50 questions by less than 0.01; a lost leg costs 0.05 and more."""
LEAST_QUESTIONS = 30
"""A pair of languages with fewer is kept to be read and not held to anything: one question moves its mean too far."""
REFUSED_MARGIN = 0.03
"""Likewise for the share of answerable questions that get no answer."""
AUROC_MARGIN = 0.03
"""Likewise for telling answerable questions from others: one of the 95 unanswerable ones moves it by less than 0.01."""


def kept(found: Measurement) -> dict[str, Any]:
    """What of a measurement is held to."""
    honesty = found.honesty.get("all")
    return {
        "written by": "./lotse evaluate --legs shown,full --keep FILE",
        "model": found.model,
        "pairs": {
            row.pair: {"n": row.means.n, "ndcg": round(row.means.ndcg, 4)}
            for row in found.rows
            if row.leg == FULL
        },
        "refused": None if honesty is None or honesty.refused is None else round(honesty.refused, 4),
        "auroc": None if honesty is None or honesty.auroc is None else round(honesty.auroc, 4),
    }


def keep(found: Measurement, path: Path) -> None:
    path.write_text(json.dumps(kept(found), indent=2) + "\n", encoding="utf-8")


def fallen(before: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    """One sentence for each figure that is worse than the margin allows; `found` is `Measurement.as_json`.

    A pair that is no longer measured is one too.
    """
    problems = []
    for pair, old in before["pairs"].items():
        if old["n"] < LEAST_QUESTIONS:
            continue
        new = found["pairs"].get(pair, {}).get(FULL)
        if new is None:
            problems.append(f"{pair}: not measured any more")
        elif new["ndcg"] < old["ndcg"] - MARGIN:
            problems.append(
                f"{pair}: nDCG@10 fell from {old['ndcg']:.3f} to {new['ndcg']:.3f} (margin {MARGIN})"
            )
    honesty = found["honesty"].get("all", {})
    auroc = honesty.get("auroc")
    if before.get("auroc") is not None and (auroc is None or auroc < before["auroc"] - AUROC_MARGIN):
        problems.append(
            f"AUROC of answerable against unanswerable: {before['auroc']} before, {auroc} now (margin {AUROC_MARGIN})"
        )
    refused = honesty.get("refused")
    if before.get("refused") is not None and (
        refused is None or refused > before["refused"] + REFUSED_MARGIN
    ):
        problems.append(
            f"answerable questions refused: {before['refused']} before, {refused} now (margin {REFUSED_MARGIN})"
        )
    return problems
