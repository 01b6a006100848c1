"""Who may see how the index is doing, and who may have failed pages tried again."""

from __future__ import annotations

from typing import Any

VIEW = "health.view_index"
RETRY = "health.retry_index"


def may_view(user: Any) -> bool:
    return bool(user.has_perm(VIEW))


def may_retry(user: Any) -> bool:
    return bool(user.has_perm(VIEW) and user.has_perm(RETRY))
