"""Pages as a visitor gets them, kept in memory until anything changes: docs/decisions/visitor-pages.md."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from kb.core import content_version
from kb.core.kept import lasts_until

ENTRIES = 300
MOST_BYTES = 300_000
"""of one page: all together at most 90 MB, in practice some 40 kB each"""
SERVED = "wagtail_serve"
"""Pages alone: views of our own count, note and limit what they are asked."""
_NONCE = secrets.token_hex(16).encode()
"""stands for the nonce of a request; by chance, so that nobody can write it into a page"""


@dataclass(frozen=True)
class _Kept:
    version: int
    until: datetime
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True)
class _Begun:
    """Read before anything else is: what is rendered afterwards is of this version or a later one."""

    version: int
    at: datetime


class VisitorPagesMiddleware:
    """Answers a visitor without a session from memory, if that page was rendered for such a visitor and nothing has
    changed since. The innermost middleware: all others do their part for kept pages too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self._kept: OrderedDict[tuple[str, ...], _Kept] = OrderedDict()
        self._lock = Lock()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        begun = getattr(request, "_visitor_page", None)
        if begun is not None and isinstance(response, HttpResponse) and _may_be_kept(request, response):
            self._keep(request, response, begun)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if not _is_a_visitors(request):
            return None
        begun = _Begun(content_version.current(), timezone.now())
        with self._lock:
            kept = self._kept.get(_key(request))
        if kept is None or kept.version != begun.version or kept.until <= begun.at:
            request._visitor_page = begun  # type: ignore[attr-defined]
            return None
        response = HttpResponse(kept.body.replace(_NONCE, _nonce(request)))
        for name, value in kept.headers:
            response[name] = value
        patch_vary_headers(response, ["Cookie"])
        return response

    def _keep(self, request: HttpRequest, response: HttpResponse, begun: _Begun) -> None:
        kept = _Kept(
            version=begun.version,
            until=lasts_until(begun.at),
            headers=tuple(response.items()),
            body=response.content.replace(_nonce(request), _NONCE),
        )
        with self._lock:
            self._kept[_key(request)] = kept
            self._kept.move_to_end(_key(request))
            while len(self._kept) > ENTRIES:
                self._kept.popitem(last=False)


def _is_a_visitors(request: HttpRequest) -> bool:
    """Whether the answer cannot depend on who asks: no session, nothing to be said once, no filters."""
    return (
        settings.VISITOR_PAGES_SECONDS > 0
        and request.method == "GET"
        and request.resolver_match is not None
        and request.resolver_match.view_name == SERVED
        and not request.META.get("QUERY_STRING")
        and not {settings.SESSION_COOKIE_NAME, CookieStorage.cookie_name} & set(request.COOKIES)
        and "HX-Request" not in request.headers
        and "Authorization" not in request.headers
    )


def _may_be_kept(request: HttpRequest, response: HttpResponse) -> bool:
    return (
        response.status_code == 200
        and response.get("Content-Type", "").startswith("text/html")
        and not response.cookies
        and "no-store" not in response.get("Cache-Control", "")
        and "private" not in response.get("Cache-Control", "")
        # A session that was begun, or a form with a secret: of this visitor alone.
        and not request.session.modified
        and not request.META.get("CSRF_COOKIE_NEEDS_UPDATE")
        and len(response.content) <= MOST_BYTES
    )


def _key(request: HttpRequest) -> tuple[str, ...]:
    return (request.scheme or "", request.get_host(), request.path)


def _nonce(request: HttpRequest) -> bytes:
    return str(request.csp_nonce).encode()  # type: ignore[attr-defined]  # of the content security policy
