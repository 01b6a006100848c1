"""Texts of Wagtail and wagtail-localize that their German catalogues leave in English, or in a German that nobody speaks.
A site's own catalogue comes before those of its apps, so naming them here is all there is to do."""

from django.utils.translation import gettext_noop

TEXTS = (
    gettext_noop("Locale"),
    gettext_noop("Locale: "),
    gettext_noop("locale"),
    gettext_noop("Locales"),
    gettext_noop("PO File"),
    gettext_noop("Add a locale"),
    gettext_noop("Switch locales"),
    gettext_noop("Breadcrumb"),
    gettext_noop("Toggle breadcrumbs"),
    gettext_noop("Available in %(translations_total)s locales"),
    # Wagtail writes the kind of page small ("dieses seite-Objekt"). Our German leaves it out: %(model_name).0s is empty,
    # which gettext's check takes for a mistake.
    # xgettext:no-python-format
    gettext_noop("Anyone can edit this %(model_name)s – lock it to prevent others from editing"),
    # xgettext:no-python-format
    gettext_noop("Choose when this %(model_name)s should go live and/or expire"),
    # xgettext:no-python-format
    gettext_noop("Publishing this %(model_name)s will cancel the current workflow."),
)
