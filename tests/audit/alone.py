"""The pages of 500 and 503: on a site that works nobody meets them, so the site's own templates are rendered here, and the
browser is given them in place of a page (without the site's styles there would be nothing to look at)."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
RENDER = """
import json, django
django.setup()
from django.template import loader
from django.utils import translation
found = {}
for language in ("de", "en"):
    with translation.override(language):
        found[language] = {name: loader.get_template(f"{name}.html").render() for name in ("500", "503")}
print(json.dumps(found))
"""


def pages(var: Path) -> dict[str, dict[str, str]]:
    """Language -> status -> HTML, as the site with the data folder `var` would answer."""
    environment = os.environ | {
        "LOTSE_VAR": str(var),
        "DJANGO_SETTINGS_MODULE": "config.settings.embedded",
        "PYTHONPATH": os.pathsep.join(str(ROOT / part) for part in ("site", ".")),
    }
    done = subprocess.run(
        [sys.executable, "-c", RENDER], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])
