"""Who may judge. One permission for everything in this part of the admin."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase

PERMISSION = "evaluation.judge"


def may_judge(user: Any) -> bool:
    return bool(user.has_perm(PERMISSION))


class JudgesOnly:
    """A view that raises PermissionDenied for everybody else; Wagtail sends visitors to the login before that."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_judge(request.user):
            raise PermissionDenied
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        return response
