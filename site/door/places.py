"""Where things lie. Everything that a start writes lies under var/ (and the built styles in site/assets/build)."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "site"
ASSETS = SITE / "assets"
LOCK = ROOT / "requirements.lock"
DEV_LOCK = ROOT / "requirements-dev.lock"
BENCH_LOCK = ROOT / "requirements-bench.lock"
MODEL = ROOT / "search" / "embedding" / "lotse-minilm-de-en"

# The environment belongs to the checkout; the data may lie elsewhere (tests, a second site on one machine).
VENV = ROOT / "var" / "venv"
VENV_PYTHON = VENV / "bin" / "python"
BENCH_VENV = ROOT / "var" / "venv-bench"

VAR = Path(os.environ.get("LOTSE_VAR", ROOT / "var")).resolve()
RUN = VAR / "run"
LOG = VAR / "log"
POSTGRES = VAR / "postgres"
BROKER = VAR / "broker"
SECRET_KEY = VAR / "secret-key"
DEMO_LOGINS = VAR / "demo-logins.json"
