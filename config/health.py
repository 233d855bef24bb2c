"""Health checks: this process is alive, and its services respond."""

import logging

from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

logger = logging.getLogger(__name__)


@never_cache
def live(_request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


@never_cache
def ready(_request: HttpRequest) -> JsonResponse:
    """Respond with 200 if PostgreSQL and Valkey respond, else with 503."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        cache.get("ready")
    except Exception:  # the cause is in the log
        logger.warning("not ready", exc_info=True)
        return JsonResponse({"status": "not ready"}, status=503)
    return JsonResponse({"status": "ok"})
