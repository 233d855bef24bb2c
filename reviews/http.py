"""What requests are here: Django's, with what django-htmx adds."""

from django.http import HttpRequest as BaseHttpRequest
from django_htmx.middleware import HtmxDetails


class HttpRequest(BaseHttpRequest):
    htmx: HtmxDetails
    LANGUAGE_CODE: str
