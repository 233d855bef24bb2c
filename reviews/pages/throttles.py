from typing import Any

from django.http import HttpRequest
from rest_framework.throttling import SimpleRateThrottle


class VisitorThrottle(SimpleRateThrottle):
    """How often one visitor's address may do a thing. `scope` names it."""

    def get_cache_key(self, request: Any, view: Any) -> str:
        return f"{self.scope}:{self.get_ident(request)}"

    def allows(self, request: HttpRequest) -> bool:
        """Tell whether a page's visitor may, and count that they did."""
        asking: Any = request  # the framework's own request is not needed here
        return self.allow_request(asking, view=None)  # type: ignore[arg-type]


class TranslationThrottle(VisitorThrottle):
    """How many translations one may ask for."""

    scope = "translate"
    rate = "60/min"


class FlagThrottle(VisitorThrottle):
    """How many reports one may send."""

    scope = "flag"
    rate = "20/hour"
