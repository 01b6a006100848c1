"""The form in which guides are edited."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.db.models import Q
from wagtail.admin.utils import get_user_display_name

from kb.core.forms import BasePageForm


class GuideForm(BasePageForm):
    """Offers those as responsible who can open the editor, and whoever is responsible already."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        responsible = self.fields.get("responsible")
        if isinstance(responsible, forms.ModelChoiceField):
            responsible.queryset = _editors(self.instance.responsible_id)
            responsible.label_from_instance = get_user_display_name  # type: ignore[method-assign]


def _editors(now: int | None) -> Any:
    users = get_user_model()._default_manager
    access = Q(
        groups__permissions__codename="access_admin",
        groups__permissions__content_type__app_label="wagtailadmin",
    )
    writing = users.filter(is_active=True).filter(access | Q(is_superuser=True)).values("pk")
    return users.filter(Q(pk__in=writing) | Q(pk=now)).order_by("last_name", "first_name", "username")
