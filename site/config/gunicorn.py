"""How gunicorn serves the site. Address and size come from the environment."""

import os

bind = os.environ.get("LOTSE_BIND", "127.0.0.1:8000")
# One process with threads shares one loaded model; PostgreSQL and the model do the work outside Python's lock.
workers = int(os.environ.get("LOTSE_WEB_PROCESSES", "1"))
# More than LOTSE_WEB_PLACES: while questions wait for their turn, other pages are read (docs/operators.md).
threads = int(os.environ.get("LOTSE_WEB_THREADS", "16"))
worker_class = "config.web_worker.Worker"
timeout = 60
graceful_timeout = 5
keepalive = 5
max_requests = int(os.environ.get("LOTSE_WEB_MAX_REQUESTS", "0"))
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None
control_socket_disable = True
accesslog = None
preload_app = False  # a model loaded before a fork deadlocks in torch


def post_worker_init(worker) -> None:
    """Load the model while the first requests are already answered by words alone."""
    from search.embedding import query_embedder, warm_in_background

    warm_in_background(query_embedder())
