"""What templates/components/facet_groups.html shows: ways to narrow a list down, as links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Option:
    """A value of a facet as a link: `url` chooses it, or lets go of it where it is chosen; `count` is what it leaves."""

    value: str
    label: StrOrPromise
    count: int
    url: str
    chosen: bool


@dataclass(frozen=True)
class OptionGroup:
    """A facet; `name` is its query parameter."""

    name: str
    title: StrOrPromise
    options: Sequence[Option]
