"""The site as `./lotse up` runs it on one machine: PostgreSQL from a wheel, a broker made of files."""

from .base import *  # noqa: F403
from .base import VAR, env

DEBUG = False
# ./lotse writes the key into var/ at the first start.
SECRET_KEY = env("LOTSE_SECRET_KEY", default="") or (VAR / "secret-key").read_text().strip()
ALLOWED_HOSTS = env.list("LOTSE_ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])

EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"

CELERY_BROKER_URL = "filesystem://"
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "data_folder_in": str(VAR / "broker" / "queue"),
    "data_folder_out": str(VAR / "broker" / "queue"),
    "processed_folder": str(VAR / "broker" / "processed"),
    "control_folder": str(VAR / "broker" / "control"),
    "store_processed": False,
    "polling_interval": 0.2,
}
