"""Whether this process lives, and whether what it stands on answers."""

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
    """Answer 200 once PostgreSQL and Valkey answer, 503 until then."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        cache.get("ready")
    except Exception:  # whatever is wrong, the answer is the same and the log says more
        logger.warning("not ready", exc_info=True)
        return JsonResponse({"status": "not ready"}, status=503)
    return JsonResponse({"status": "ok"})
