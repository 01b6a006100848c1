"""People as they are named on a bridge."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _


def name_of(user: Any) -> str:
    """Full name, else the user name; of an account that was deleted nothing is left to say."""
    if user is None:
        return _("a former account")
    return user.get_full_name().strip() or user.get_username()
