"""Is the process alive, and is the desk ready to serve?"""

from datetime import timedelta

from django.db import DEFAULT_DB_ALIAS, connections
from django.db import Error as DatabaseError
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from common import leases
from common.models import Delivery, OutboundMail

# Work that waits longer than this means that no worker runs.
STALE = timedelta(minutes=5)


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer as long as the process does."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Answer 200 when database, migrations and queue are in order, else 503 and which is not."""
    try:
        checks = {"database": True, "migrations": _migrated(), "queue": _queue_moves()}
    except DatabaseError:
        checks = {"database": False, "migrations": False, "queue": False}
    ready = all(checks.values())
    return JsonResponse(
        {"status": "ok" if ready else "not ready", "checks": checks}, status=200 if ready else 503
    )


def _migrated() -> bool:
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _queue_moves() -> bool:
    before = leases.db_now() - STALE
    waiting = (
        model.objects.due(before).filter(created_at__lt=before).exists()
        for model in (Delivery, OutboundMail)
    )
    return not any(waiting)
