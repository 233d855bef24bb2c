from rest_framework.throttling import SimpleRateThrottle


class TranslationThrottle(SimpleRateThrottle):
    """How many translations one visitor's address may ask for."""

    rate = "60/min"

    def get_cache_key(self, request, view) -> str:
        return f"translate:{self.get_ident(request)}"


class FlagThrottle(SimpleRateThrottle):
    """How many reports one visitor's address may send."""

    rate = "20/hour"

    def get_cache_key(self, request, view) -> str:
        return f"flag:{self.get_ident(request)}"
