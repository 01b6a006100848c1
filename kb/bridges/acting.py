"""What people do on a bridge's screen, in the admin and on the public site: take a step, comment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils.translation import gettext as _

from kb.bridges import services
from kb.bridges.models import Bridge, Step


@dataclass
class Typed:
    """What somebody sent off and could not be saved: shown again, so that nothing is lost."""

    action: str = ""
    to: str = ""
    reason: str = ""
    text: str = ""
    errors: dict[str, list[str]] = field(default_factory=dict)
    meanwhile: Step | None = None
    """what somebody else did since the screen was opened"""
    conflict: bool = False

    @property
    def problems(self) -> list[str]:
        """What is wrong with no single field."""
        return self.errors.get("", [])


def version_of(data: Mapping[str, Any]) -> int:
    """The version that the screen showed; 0, which no bridge has, for none."""
    raw = str(data.get("version", ""))
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 9 else 0


def act(*, bridge: Bridge, user: Any, data: Mapping[str, Any]) -> tuple[str, Typed]:
    """(what to tell, nothing typed) when it is done, else ("", what was typed with what is wrong).

    Raises PermissionDenied, and Http404 for an action that there is not.
    """
    typed = Typed(
        action=str(data.get("action", "")),
        to=str(data.get("to", "")),
        reason=str(data.get("reason", "")),
        text=str(data.get("text", "")),
    )
    try:
        if typed.action == "step":
            done = services.advance(
                bridge_id=bridge.pk, to=typed.to, by=user, version=version_of(data), reason=typed.reason
            )
            return _("Saved: the bridge is now “%(status)s”.") % {
                "status": done.get_status_display()
            }, Typed()
        if typed.action == "comment":
            services.comment(bridge=bridge, by=user, text=typed.text)
            return _("Your comment has been saved."), Typed()
    except services.Outdated as error:
        typed.conflict, typed.meanwhile = True, error.last
        return "", typed
    except ValidationError as error:
        typed.errors = problems(error)
        return "", typed
    raise Http404


def problems(error: ValidationError) -> dict[str, list[str]]:
    """Field -> messages; "" for what concerns no field."""
    if hasattr(error, "error_dict"):
        return {name: [str(text) for text in texts] for name, texts in error.message_dict.items()}
    return {"": [str(text) for text in error.messages]}
