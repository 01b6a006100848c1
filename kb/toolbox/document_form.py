"""The form of a document: a file that nobody can open is said so at once."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.documents.forms import BaseDocumentForm

from kb.toolbox.documents import is_damaged


class DocumentForm(BaseDocumentForm):
    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        # A file that is there already was looked at when it came, and may have left the disk since.
        if "file" in self.changed_data and upload and is_damaged(upload, upload.name):
            raise ValidationError(
                _(
                    "This file cannot be opened: it is damaged, or not of the kind that its name says. Please open it "
                    "in its own program, save it again and choose it once more."
                )
            )
        return upload
