"""What a reader gets when something broke: "briefly not available" is another answer than "our mistake"."""

from __future__ import annotations

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.views.decorators.csrf import requires_csrf_token

RETRY_AFTER = 10
"""Seconds. PostgreSQL is back that long after a crash, its log replayed."""

# SQLSTATE classes of a server that ends, starts, refuses or lost a connection (PostgreSQL, appendix A).
_UNREACHABLE = ("08", "53", "57P")


@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    """503 while PostgreSQL cannot be reached, 500 for everything else. Neither asks the database for anything."""
    if is_unreachable(sys.exc_info()[1]):
        response = HttpResponse(loader.get_template("503.html").render(), status=503)
        response["Retry-After"] = str(RETRY_AFTER)
        response["Cache-Control"] = "no-store"
        return response
    return HttpResponse(loader.get_template("500.html").render(), status=500)


def is_unreachable(error: BaseException | None) -> bool:
    """Whether it is the connection that failed, not the statement."""
    if isinstance(error, InterfaceError):
        return True
    if not isinstance(error, OperationalError):
        return False
    state = getattr(error.__cause__, "sqlstate", None)
    return state is None or state.startswith(_UNREACHABLE)
