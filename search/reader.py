"""Who asks: the little that decides what somebody may see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import get_language

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser


@dataclass(frozen=True)
class Reader:
    """Compared with Wagtail's page view restrictions inside the SQL of each question.

    `group_ids` are those of `django.contrib.auth` groups, since Wagtail's privacy knows no others.
    """

    authenticated: bool = False
    superuser: bool = False
    group_ids: tuple[int, ...] = ()

    @classmethod
    def of(cls, user: AbstractBaseUser | AnonymousUser) -> Reader:
        """Reads the groups of a user who is logged in and active: one query, none for visitors."""
        if not user.is_authenticated or not user.is_active:
            return cls()
        if getattr(user, "is_superuser", False):
            return cls(authenticated=True, superuser=True)
        groups = getattr(user, "groups", None)
        ids = () if groups is None else tuple(sorted(groups.values_list("pk", flat=True)))
        return cls(authenticated=True, group_ids=ids)


ANONYMOUS = Reader()


def reading_language() -> str:
    """Code of the language that the interface is read in, without a country."""
    return (get_language() or "de").split("-")[0]
