"""What requests are here: Django's, with what the middleware and the guards add."""

from django.contrib.auth.models import User
from django.http import HttpRequest as BaseHttpRequest
from django_htmx.middleware import HtmxDetails
from rest_framework.request import Request

from reviews.models import ApiKey


def whole_number(said: str | None) -> int | None:
    """Return what an address or a form says for an id, None where it is none."""
    return int(said) if said and said.isdecimal() and len(said) < 19 else None


class HttpRequest(BaseHttpRequest):
    """A page's request. `user` is a person where a guard of `roles` stands before."""

    htmx: HtmxDetails
    LANGUAGE_CODE: str
    user: User


class KeyRequest(Request):
    """An API request whose key has been found good."""

    auth: ApiKey
