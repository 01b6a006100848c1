"""The address of the form: /de/das-haben-wir-gemacht/12/, /en/we-did-this/12/."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from kb.experience import views

app_name = "experience"

urlpatterns = [
    # Translators: an address in the browser; lower case, ends with a slash
    path(_("we-did-this/<int:guide_id>/"), views.we_did_this, name="tell"),
]
