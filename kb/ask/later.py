"""When there is no answer now: who asks too much (429), or too many at once (503)."""

from __future__ import annotations

import math
from dataclasses import dataclass

ANSWER_PATIENCE = 3.0
"""Seconds that a question waits before it is begun, in the web server's queue and for a place. Sixty people who ask
at the same moment are all answered within it on two cores; ten seconds are where attention is lost (Nielsen,
Usability Engineering, 1993), and the answer's own time comes on top."""
SUGGESTION_PATIENCE = 0.3
"""A suggestion that comes later is one for what was typed before; answers go first."""
BUSY_SECONDS = 5
"""after which those who were sent away should come again"""


@dataclass(frozen=True)
class Later:
    """`status` 429: this reader; 503: the site. `seconds` until asking again makes sense, whole and at least 1."""

    status: int
    seconds: int

    @property
    def is_many(self) -> bool:
        return self.status == 429


def too_many(seconds: float) -> Later:
    return Later(429, max(1, math.ceil(seconds)))


BUSY = Later(503, BUSY_SECONDS)
