"""The types of requests: Django's, with what middleware and permission decorators add."""

from django.contrib.auth.models import User
from django.http import HttpRequest as BaseHttpRequest
from django_htmx.middleware import HtmxDetails
from rest_framework.request import Request

from reviews.models import ApiKey


def whole_number(text: str | None) -> int | None:
    """Return an id from an address or a form as an int, or None if it is not one."""
    return int(text) if text and text.isdecimal() and len(text) < 19 else None


class HttpRequest(BaseHttpRequest):
    """A page's request. `user` is signed in behind the decorators of `permissions.py`."""

    htmx: HtmxDetails
    LANGUAGE_CODE: str
    user: User


class KeyRequest(Request):
    """An API request with a valid key."""

    auth: ApiKey
