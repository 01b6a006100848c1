"""Addresses for the clusters' people, below /de/ and /en/."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from kb.bridges import views

app_name = "bridges"

urlpatterns = [
    # Translators: an address in the browser; lower case, ends with a slash
    path(_("bridges-map/"), views.network_map, name="map"),
    # Translators: an address in the browser; lower case, ends with a slash
    path(_("my-bridges/"), views.mine, name="mine"),
    # Translators: an address in the browser; lower case, ends with a slash
    path(_("my-bridges/mail/"), views.mail, name="mail"),
    # Translators: an address in the browser; lower case, ends with a slash
    path(_("my-bridges/unsubscribe/<str:token>/"), views.unsubscribe, name="unsubscribe"),
    # Translators: an address in the browser; lower case, ends with a slash
    path(_("my-bridges/<int:bridge_id>/"), views.bridge, name="bridge"),
]
