from typing import Any

from django.http import HttpRequest
from rest_framework.throttling import SimpleRateThrottle


class VisitorThrottle(SimpleRateThrottle):
    """A limit per IP address. `scope` names what is limited."""

    def get_cache_key(self, request: Any, view: Any) -> str:
        return f"{self.scope}:{self.get_ident(request)}"

    def allows(self, request: HttpRequest) -> bool:
        """Return whether the visitor is within the limit, and count the request."""
        api_request: Any = request  # REST framework's own class is not needed here
        return self.allow_request(api_request, view=None)  # type: ignore[arg-type]


class TranslationThrottle(VisitorThrottle):
    """How many translations a visitor may request."""

    scope = "translate"
    rate = "60/min"


class FlagThrottle(VisitorThrottle):
    """How many reports a visitor may send."""

    scope = "flag"
    rate = "20/hour"
