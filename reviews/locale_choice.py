"""The interface's language: by the address, a switch's cookie, or the browser."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation

# The query parameter that gives each language's page an address of its own.
PARAMETER = "hl"


class LocaleChoiceMiddleware(LocaleMiddleware):
    """Django's, and `?hl=es`, which also stays chosen from then on."""

    def process_request(self, request: HttpRequest) -> None:
        asked = request.GET.get(PARAMETER)
        if asked in dict(settings.LANGUAGES):
            translation.activate(asked)
            request.LANGUAGE_CODE = asked
        else:
            super().process_request(request)

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        response = super().process_response(request, response)
        asked = request.GET.get(PARAMETER)
        if asked in dict(settings.LANGUAGES):
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                asked,
                max_age=365 * 24 * 3600,
                secure=settings.LANGUAGE_COOKIE_SECURE,
                httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
                samesite="Lax",
            )
        return response


def address_in(request: HttpRequest, language: str) -> str:
    """Return the address of this page in another language, its query kept."""
    query = request.GET.copy()
    query[PARAMETER] = language
    return f"{request.path}?{query.urlencode(safe='/')}"


def context(request: HttpRequest) -> dict[str, Any]:
    """Give templates the page's address in each language (a context processor)."""
    here = translation.get_language()
    return {
        "other_languages": [
            {
                "code": code,
                "name": translation.get_language_info(code)["name_local"],
                "url": address_in(request, code),
            }
            for code, _name in settings.LANGUAGES
            if code != here
        ]
    }
