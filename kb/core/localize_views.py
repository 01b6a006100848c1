"""wagtail-localize's admin views, where Lotse has something to add to them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages as django_messages
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.models import Page
from wagtail_localize.models import StringTranslation, Translation
from wagtail_localize.views import convert, update_translations

from kb.core.publication import TranslationIncomplete, missing_from
from kb.core.translated_address import fill_address


def answer_publish(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Saves an incomplete translation as a draft and says what is missing; None for every other request.

    Without it, wagtail-localize would answer the refusal with "click publish again to ignore".
    """
    if request.method != "POST" or request.POST.get("action") != "publish":
        return None
    translation = Translation.objects.filter(
        source__object_id=page.translation_key, target_locale_id=page.locale_id, enabled=True
    ).first()
    if translation is None or not page.permissions_for_user(request.user).can_publish():
        return None  # wagtail-localize answers, and refuses who may not publish
    fill_address(translation)
    missing, total = missing_from(translation)
    if not missing:
        return None
    translation.save_target(user=request.user, publish=False)
    messages.error(request, " ".join(TranslationIncomplete(page, missing, total).messages))
    return redirect("wagtailadmin_pages:edit", page.pk)


def say_dates_in_the_readers_form() -> None:
    """wagtail-localize writes the months in English, and the name of a tool as the program calls it."""

    def how_it_was_translated(translated: StringTranslation) -> str:
        day = date_format(localtime(translated.updated_at), "DATE_FORMAT")
        if translated.tool_name:
            return _("Translated with {tool_name} on {date}").format(
                tool_name=_(translated.tool_name), date=day
            )
        if translated.translation_type == StringTranslation.TRANSLATION_TYPE_MACHINE:
            return _("Machine translated on {date}").format(date=day)
        return _("Translated manually on {date}").format(date=day)

    StringTranslation.get_comment = how_it_was_translated


def convert_to_alias(request: HttpRequest, page_id: int) -> HttpResponse:
    """Gives a translation up for an alias of its source, which replaces what is live.

    wagtail-localize asks for the permission to edit only. Raises PermissionDenied for who may not publish.
    """
    page = get_object_or_404(Page, pk=page_id)
    if not page.permissions_for_user(request.user).can_publish():
        raise PermissionDenied
    return convert.convert_to_alias(request, page_id)


class UpdateTranslationsView(update_translations.UpdateTranslationsView):
    """Hands a changed source on to its translations.

    wagtail-localize lets everybody who may submit translations publish them here, and passes over a translation
    that is refused without a word.
    """

    def form_valid(self, form: Any) -> HttpResponse:
        """Raises PermissionDenied when a translation is to be published by somebody who may not."""
        publish = form.cleaned_data["publish_translations"]
        if publish:
            for translation in self._translations():
                page = _target(translation)
                if page is not None and not page.permissions_for_user(self.request.user).can_publish():
                    raise PermissionDenied
        response = super().form_valid(form)
        if publish:
            for translation in self._translations():
                page = _target(translation)
                missing, total = missing_from(translation)
                if page is not None and missing:
                    django_messages.warning(
                        self.request, " ".join(TranslationIncomplete(page, missing, total).messages)
                    )
        return response

    def get_success_message(self) -> str:
        return _("The translations of “%(title)s” have the changes.") % {"title": self.object.object_repr}

    def _translations(self) -> Any:
        return self.object.translations.filter(enabled=True).select_related("target_locale", "source")


def _target(translation: Translation) -> Page | None:
    try:
        target = translation.get_target_instance()
    except ObjectDoesNotExist:
        return None
    return target if isinstance(target, Page) else None
