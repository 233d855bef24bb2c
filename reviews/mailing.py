"""Mails that are due: sent one by one, and tried again later where that fails.

A kind of mail is a module with three functions: `due()`, the ids of what is to be sent by
now; `send(id)`, which sends one, once; `postpone(id)`, after a failure.
"""

import logging
from collections.abc import Iterable
from datetime import timedelta
from smtplib import SMTPException
from typing import Any, Protocol

from django.db.models import Case, DateTimeField, Value, When
from django.db.models.lookups import GreaterThan
from django.utils import timezone

logger = logging.getLogger(__name__)

# How long a mail that is refused is tried for, and how often.
TRIED_AGAIN = timedelta(minutes=15)
GIVEN_UP_AFTER = timedelta(days=3)


class MailKind(Protocol):
    def due(self) -> list[int]: ...
    def send(self, pk: int, /) -> None: ...
    def postpone(self, pk: int, /) -> None: ...


def send_due(kinds: Iterable[MailKind]) -> None:
    """Send what is due of each kind. One that fails keeps none of the others back."""
    for kind in kinds:
        for pk in kind.due():
            try:
                kind.send(pk)
            except (SMTPException, OSError, ValueError) as error:
                logger.warning("A mail could not be sent, and is tried later: %s", error)
                kind.postpone(pk)


def later(since: Any) -> Case:
    """Return when a mail that could not be sent is tried again: never, days after `since`."""
    now = timezone.now()
    return Case(
        When(GreaterThan(since, Value(now - GIVEN_UP_AFTER)), then=Value(now + TRIED_AGAIN)),
        default=None,
        output_field=DateTimeField(),
    )
