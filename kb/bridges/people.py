"""People as they are named on a bridge."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from wagtail.admin.utils import get_user_display_name


def name_of(user: Any) -> str:
    """Full name, else the user name; of an account that was deleted nothing is left to say."""
    return get_user_display_name(user) or _("a former account")
