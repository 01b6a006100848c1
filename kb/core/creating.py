"""Wagtail's form of a new page, when somebody was quicker."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from wagtail.admin.viewsets.pages import base_page_viewset


def tell_in_the_form() -> None:
    """What the form found free may be taken when the page is saved: by somebody else, or by the draft that the browser
    saves by itself while "publish" is pressed. Wagtail would answer 500, and what was written would be lost."""

    class ToldInTheForm(base_page_viewset.add_view_class):  # type: ignore[misc,name-defined]
        def form_valid(self, form: Any) -> HttpResponse:
            try:
                with transaction.atomic():
                    return super().form_valid(form)  # type: ignore[no-any-return]
            except ValidationError as error:
                form.add_error(None, error)
                form.instance.path, form.instance.depth = "", None  # as before: it has no place in the tree
                return self.form_invalid(form)  # type: ignore[no-any-return]

    base_page_viewset.add_view_class = ToldInTheForm
