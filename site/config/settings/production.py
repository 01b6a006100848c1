"""The site as docker-compose.yml runs it: everything an operator decides comes from the environment."""

from .base import *  # noqa: F403
from .base import DATABASES, env

DEBUG = False
SECRET_KEY = env("LOTSE_SECRET_KEY")
ALLOWED_HOSTS = env.list("LOTSE_ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = env.list(
    "LOTSE_TRUSTED_ORIGINS", default=[f"https://{host}" for host in ALLOWED_HOSTS if not host.startswith(".")]
)

DATABASES["default"]["OPTIONS"] = {"pool": False}

SECURE_SSL_REDIRECT = env.bool("LOTSE_HTTPS_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = env.int("LOTSE_HSTS_SECONDS", default=31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("LOTSE_HSTS_SUBDOMAINS", default=True)
SECURE_HSTS_PRELOAD = env.bool("LOTSE_HSTS_PRELOAD", default=True)
# X_FRAME_OPTIONS is SAMEORIGIN (base.py): the admin shows previews of our own pages in a frame.
SILENCED_SYSTEM_CHECKS = ["security.W019"]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True

EMAIL_CONFIG = env.email_url("LOTSE_EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 20  # seconds: a mail server that does not answer holds no worker
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env("LOTSE_FROM_EMAIL", default="lotse@localhost")
