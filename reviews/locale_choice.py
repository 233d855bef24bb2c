"""Choose the interface's language by the address, else a cookie, else the browser."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation

# The query parameter for the language, so that each language's page has its own address.
PARAMETER = "hl"


class LocaleChoiceMiddleware(LocaleMiddleware):
    """Django's middleware, and `?hl=es`, which also sets the language cookie."""

    def process_request(self, request: HttpRequest) -> None:
        language = request.GET.get(PARAMETER)
        if language in dict(settings.LANGUAGES):
            translation.activate(language)
            request.LANGUAGE_CODE = language
        else:
            super().process_request(request)

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        response = super().process_response(request, response)
        language = request.GET.get(PARAMETER)
        if language in dict(settings.LANGUAGES):
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                language,
                max_age=365 * 24 * 3600,
                secure=settings.LANGUAGE_COOKIE_SECURE,
                httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
                samesite="Lax",
            )
        return response


def address_in(request: HttpRequest, language: str) -> str:
    """Return the address of this page in another language, with the same query."""
    query = request.GET.copy()
    query[PARAMETER] = language
    return f"{request.path}?{query.urlencode(safe='/')}"


def context(request: HttpRequest) -> dict[str, Any]:
    """Return the page's address in each other language (a context processor)."""
    current = translation.get_language()
    return {
        "other_languages": [
            {
                "code": code,
                "name": translation.get_language_info(code)["name_local"],
                "url": address_in(request, code),
            }
            for code, _name in settings.LANGUAGES
            if code != current
        ]
    }
