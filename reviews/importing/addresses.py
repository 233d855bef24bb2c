"""E-mail addresses in dumps: where an author can be written to."""

import hashlib

from django.core.exceptions import ValidationError
from django.core.validators import validate_email


def email(value: str) -> str:
    """Return an e-mail address that can be written to, empty if it is not one."""
    try:
        validate_email(value)
    except ValidationError:
        return ""
    return value


def by_email(value: str) -> str:
    """Return the id of a reviewer whom the source knows by their address alone."""
    known = email(value).casefold()
    return "mail-" + hashlib.sha256(known.encode()).hexdigest()[:32] if known else ""
