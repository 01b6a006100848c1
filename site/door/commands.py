"""The command lines of the site's processes. docker-compose.yml runs the same ones; a test compares them."""

WEB = ["gunicorn", "--config", "python:config.gunicorn", "config.wsgi"]
WORKER = [
    "celery",
    "--app",
    "config",
    "worker",
    "--pool",
    "threads",
    "--concurrency",
    "2",  # one thread sweeps, one is free for what an editor publishes just now (search/tasks.py)
    "--loglevel",
    "INFO",
]
BEAT = ["celery", "--app", "config", "beat", "--loglevel", "WARNING"]
PREPARE = ["python", "site/manage.py", "prepare"]
