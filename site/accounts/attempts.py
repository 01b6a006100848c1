"""Guessing passwords is slow: every form that takes one, or sends mail to an address, is limited here."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from kb.limits import seconds_to_wait_for_login

GUARDED = {
    "login": "username",
    "wagtailcore_login": "username",
    "wagtailadmin_login": "username",
    "wagtailadmin_password_reset": "email",
}
"""Name of an address -> the field that says who. A test finds what is missing."""


class LoginAttemptsMiddleware:
    """Counts before the password is looked at: checking one costs more than everything else here."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: Any) -> HttpResponseBase | None:
        match = request.resolver_match
        field = GUARDED.get(match.view_name) if match else None
        if field is None or request.method != "POST":
            return None
        seconds = seconds_to_wait_for_login(request, request.POST.get(field, ""))
        if not seconds:
            return None
        minutes = math.ceil(seconds / 60)
        response = render(request, "accounts/too_many.html", {"minutes": minutes}, status=429)
        response["Retry-After"] = str(math.ceil(seconds))
        response["Cache-Control"] = "no-store"
        return response
