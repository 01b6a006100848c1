"""How likely is it that the first results answer the question, and below which line the site says that it does not know.

A logistic regression over what the statement notices about its own answer (`evidence` in answer.sql), fitted by
`./lotse evaluate --calibrate` to judged questions, some of which the site cannot answer; for each model and language,
since one model's cosines mean nothing to another. `words` is used where an answer had to do without its model.
"""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from search.conf import conf

logger = logging.getLogger(__name__)

SHIPPED = Path(__file__).parent / "confidence.json"
"""Fitted to the judged questions of the demo content."""
WORDS = "words"
"""Name of the lines for answers without a model."""


@dataclass(frozen=True)
class Line:
    intercept: float
    coefficients: Mapping[str, float]
    line: float
    """confidence below which nothing is claimed to be answered; in [0, 1]"""

    def confidence(self, evidence: Mapping[str, float]) -> float:
        """1 / (1 + exp(-(intercept + Σ coefficient · evidence)))"""
        logit = self.intercept + math.fsum(
            weight * evidence.get(name, 0.0) for name, weight in self.coefficients.items()
        )
        return 1 / (1 + math.exp(-max(-500.0, min(500.0, logit))))


def judged(evidence: Mapping[str, float], *, model: str, language: str) -> tuple[float, bool]:
    """(confidence, whether that counts as an answer). (1.0, True) for a model or language without a line."""
    line = _lines(conf().calibration).get(model, {}).get(language)
    if line is None:
        return 1.0, True
    confidence = line.confidence(evidence)
    return confidence, confidence >= line.line


@lru_cache(maxsize=8)
def _lines(path: str) -> dict[str, dict[str, Line]]:
    """Model -> language -> line. A file that cannot be read is reported, and nothing is refused."""
    try:
        content = json.loads(Path(path or SHIPPED).read_text(encoding="utf-8"))
        return {
            model: {language: Line(**line) for language, line in lines.items()}
            for model, lines in content.items()
        }
    except (OSError, ValueError, TypeError, AttributeError) as error:
        logger.error(
            "The calibration %s cannot be used, every answer counts as one: %s", path or SHIPPED, error
        )
        return {}
