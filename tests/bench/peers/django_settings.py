"""A collection's settings (search.evaluation.collected) with what the peers that are Django apps want beside them."""

import os

from search.evaluation.collected.settings import *  # noqa: F403
from search.evaluation.collected.settings import DATABASES, INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, *os.environ.get("LOTSE_BENCH_APPS", "").split()]
# By this name a peer finds the server's processes that work for it, to count their memory.
DATABASES["default"] = {
    **DATABASES["default"],
    "OPTIONS": {"application_name": os.environ.get("LOTSE_BENCH_NAME", "lotse bench")},
}
