"""Signed links that name one row: anyone who has the link may see it."""

from datetime import timedelta

from django.core import signing
from django.db.models import Model, QuerySet


def sign(row: Model, *, salt: str) -> str:
    """Return the token of a link to a row."""
    return signing.dumps(row.pk, salt=salt)


def load_signed[M: Model](
    rows: QuerySet[M], token: str, *, salt: str, max_age: timedelta | None = None
) -> M | None:
    """Return which of `rows` a token names.

    None if the token is forged, older than `max_age`, or names none of them.
    """
    try:
        pk = signing.loads(token, salt=salt, max_age=max_age)
    except signing.BadSignature:
        return None
    return rows.filter(pk=pk).first()
