"""An operator's mistake in the setting is said at the start, not at the first question."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from kb.limits.address import networks


@register
def trusted_proxies(**_: Any) -> list[CheckMessage]:
    try:
        networks(tuple(settings.LIMITS_TRUSTED_PROXIES))
    except ValueError as error:
        hint = (
            "LOTSE_TRUSTED_PROXIES takes addresses and networks, separated by commas: 10.0.0.5,172.16.0.0/12"
        )
        return [Error(str(error), hint=hint, id="limits.E001")]
    return []
