from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from reviews.models import ApiKey


class KeyRateThrottle(SimpleRateThrottle):
    """Requests per key (settings, "key")."""

    scope = "key"

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        if not isinstance(request.auth, ApiKey):
            return None
        return f"throttle:key:{request.auth.pk}"
