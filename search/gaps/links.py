"""What an editor can do about a gap. `search` knows no guides: whoever does registers a Wagtail hook.

@hooks.register("gap_links")
def guide_from_this(request: HttpRequest, gap: Asked) -> GapLink | None: ...
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest
from wagtail import hooks


@dataclass(frozen=True)
class Asked:
    """A gap, for those who make something of it."""

    id: UUID
    language: str
    question: str
    """the most frequent wording, or the words where no wording is kept; without names of people"""


@dataclass(frozen=True)
class GapLink:
    label: str
    url: str


def links(request: HttpRequest, gap: Asked) -> list[GapLink]:
    """What the hooks offer to this user; None means nothing for them."""
    offered = (offer(request, gap) for offer in hooks.get_hooks("gap_links"))
    return [link for link in offered if link is not None]
