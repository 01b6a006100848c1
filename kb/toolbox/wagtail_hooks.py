"""Where the toolbox takes part in Wagtail's admin."""

from __future__ import annotations

from django.urls import URLPattern, path
from wagtail import hooks

from kb.toolbox import from_file, gaps

hooks.register("gap_links", gaps.guide_link)
hooks.register("register_page_header_buttons", from_file.from_file_button)
hooks.register("register_page_listing_more_buttons", from_file.from_file_button)


@hooks.register("register_admin_urls")
def admin_urls() -> list[URLPattern]:
    return [
        path(
            "toolbox/guide-from-file/<int:parent_id>/",
            from_file.GuideFromFileView.as_view(),
            name="lotse_guide_from_file",
        ),
        path("toolbox/guide-from/<uuid:gap_id>/", gaps.guide_from_gap, name="lotse_guide_from_gap"),
    ]
