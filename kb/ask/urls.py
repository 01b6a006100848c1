"""The addresses of the question, /de/suche/ and /en/search/, and of what is suggested while it is typed."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from kb.ask import views

app_name = "ask"

urlpatterns = [
    # Translators: an address in the browser; lower case, ends with a slash
    path(_("search/"), views.search, name="search"),
    # Translators: an address in the browser; lower case, ends with a slash
    path(_("search/suggestions/"), views.suggestions, name="suggestions"),
]
