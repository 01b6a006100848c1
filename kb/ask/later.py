"""When there is no answer now: who asks too much (429), or too many at once (503)."""

from __future__ import annotations

import math
from dataclasses import dataclass

ANSWER_WAIT = 1.5
"""Seconds that a question waits for its place. With 24 threads and 4 places at most 20 wait, so a rush is worked off
or told so within seconds. Nielsen, Usability Engineering (1993): one second keeps the flow of thought."""
SUGGESTION_WAIT = 0.1
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
