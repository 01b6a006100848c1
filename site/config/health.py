"""Two questions of an operator's monitoring: is the process alive, and can it serve readers?"""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from search.embedding import model_state


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers. Asks nothing of the database, so that a broken one does not restart the web."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """200 once readers can be served; 503 with the part that is missing (names of parts only, no details).

    A missing model is reported but does not make the site unready: search answers by words alone meanwhile.
    """
    parts = {"database": _database(), "model": model_state()}
    ready = parts["database"] == "ready"
    return JsonResponse({"status": "ready" if ready else "not ready", **parts}, status=200 if ready else 503)


def _database() -> str:
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "unreachable"
    return "migrations pending" if pending else "ready"
