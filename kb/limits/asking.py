"""May this request go on? Who asks is known by a keyed hash only."""

from __future__ import annotations

import hashlib
import logging
import time

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac

from kb.limits import rates, services
from kb.limits.address import client_of
from kb.limits.rates import Rate

logger = logging.getLogger(__name__)

MEASURING = "HTTP_X_LOTSE_MEASURING"
"""Header of this site's own measurements (`measuring_key`), which ask faster than any reader."""

RATES = {
    "answers": (rates.ANSWERS_VISITOR, rates.ANSWERS_MEMBER),
    "suggestions": (rates.SUGGESTIONS_VISITOR, rates.SUGGESTIONS_MEMBER),
    "feedback": (rates.FEEDBACK, rates.FEEDBACK),
    "short reports": (rates.SHORT_REPORTS, rates.SHORT_REPORTS),
}

_refused: dict[str, int] = {}
_said = float("-inf")


def seconds_to_wait(request: HttpRequest, name: str) -> float:
    """Counts one request of `name`, a key of RATES. 0: go on; else the seconds until the next one may."""
    if not settings.LIMITS_ON or _is_measuring(request):
        return 0.0
    for_visitors, for_members = RATES[name]
    if request.user.is_authenticated:
        return _take(name, for_members, f"user {request.user.pk}")
    return _take(name, for_visitors, client_of(request.META))


def seconds_to_wait_for_login(request: HttpRequest, who: str) -> float:
    """Counts one try to sign in as `who` (as typed). 0: go on; else the seconds until the next one may."""
    if not settings.LIMITS_ON:
        return 0.0
    address = client_of(request.META)
    name = who.strip().casefold()[:200]
    # The name before the address: who has run out of tries of one does not use up those of the whole office.
    return _take("login of a name", rates.LOGIN_OF_A_NAME, f"{address} {name}") or _take(
        "login of an address", rates.LOGIN_OF_AN_ADDRESS, address
    )


def measuring_key() -> str:
    """What our own measurements send in the header X-Lotse-Measuring. Known to who knows the secret key."""
    return salted_hmac("kb.limits.measuring", "").hexdigest()


def _is_measuring(request: HttpRequest) -> bool:
    given = request.META.get(MEASURING, "")
    return bool(given) and constant_time_compare(given, measuring_key())


def _take(name: str, rate: Rate, who: str) -> float:
    seconds = services.take(_key(name, who), rate)
    if seconds:
        _note(name)
    return seconds


def _key(name: str, who: str) -> bytes:
    secret = hashlib.blake2b(settings.SECRET_KEY.encode(), digest_size=32).digest()
    return hashlib.blake2b(f"{name}\n{who}".encode(), key=secret, digest_size=16).digest()


def _note(name: str) -> None:
    """One line a minute for an operator: how many were refused, and nothing of whom."""
    global _said
    _refused[name] = _refused.get(name, 0) + 1
    if time.monotonic() - _said >= 60:
        _said = time.monotonic()
        said = ", ".join(f"{count} × {what}" for what, count in _refused.items())
        logger.warning("Refused for asking too much since the last line: %s", said)
        _refused.clear()
