"""The panel stands in Wagtail's editor: it has no hook for side panels."""

from __future__ import annotations

from typing import Any

from kb.checks.checking import offered
from kb.checks.panel import BeforePublishingPanel


class WithChecks:
    """For a class of Wagtail's views that create or edit a page."""

    def get_side_panels(self: Any) -> Any:
        panels = super().get_side_panels()  # type: ignore[misc]
        if offered(self.page):
            panels.append(BeforePublishingPanel(self.page, self.request))
        return panels
