"""Every address of the site. Public pages stand under /de/ and /en/; the admin has its own language setting."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path
from django.utils.translation import gettext_lazy as _
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from accounts import views as accounts
from config import health, media, sitemap
from kb.ask import urls as ask_urls
from kb.bridges import urls as bridges_urls
from kb.experience import urls as experience_urls
from kb.feedback import urls as feedback_urls

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("media/images/<path:path>", media.rendition),
    path("sitemap.xml", sitemap.sitemap, name="sitemap"),
    *i18n_patterns(
        # Translators: an address in the browser; lower case, ends with a slash
        path(_("login/"), accounts.login, name="login"),
        path(_("logout/"), accounts.logout, name="logout"),
        path("", include(ask_urls)),
        path("", include(feedback_urls)),
        path("", include(experience_urls)),
        path("", include(bridges_urls)),
        path("", include(wagtail_urls)),
    ),
]

handler500 = "config.errors.server_error"
