"""The form in which pages are edited."""

from __future__ import annotations

from typing import Any

from wagtail.admin.forms import WagtailAdminPageForm


class BasePageForm(WagtailAdminPageForm):
    """Says at once what is missing when an editor publishes; a draft may be as unfinished as it is."""

    def clean_summary(self) -> str:
        """Three sentences do not fit into one line of a form; in lists and results they are one paragraph."""
        return " ".join(self.cleaned_data["summary"].split())

    def _post_clean(self) -> None:
        super()._post_clean()  # fills self.instance
        if self.is_deferred_validation:
            return
        missing: dict[str, Any] = dict(self.instance.missing_for_publication())
        for field, message in missing.items():
            if not self.has_error(field):
                self.add_error(field if field in self.fields else None, message)
