"""The address of an answer to "Was this helpful?": /de/rueckmeldung/12/, /en/feedback/12/."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from kb.feedback import views

app_name = "feedback"

urlpatterns = [
    # Translators: an address in the browser; lower case, ends with a slash
    path(_("feedback/<int:page_id>/"), views.feedback, name="feedback"),
]
