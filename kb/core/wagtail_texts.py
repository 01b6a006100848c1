"""Texts of Wagtail that its German catalogue leaves in English. A site's own catalogue comes before those of its apps,
so naming them here is all there is to do."""

from django.utils.translation import gettext_noop

TEXTS = (gettext_noop("Locale"), gettext_noop("Locale: "), gettext_noop("locale"), gettext_noop("Locales"))
