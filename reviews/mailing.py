"""Mails that are due: sent one by one, and retried later if sending fails.

A kind of mail has three functions: `due()` returns the ids of what is to be sent by now,
`send(id)` sends one, once, and `postpone(id)` is called after a failure. Mails that wait in a
table's rows are a `MailQueue`.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from smtplib import SMTPException
from typing import Any, Protocol

from django.db import transaction
from django.db.models import Case, DateTimeField, F, Model, Q, QuerySet, Value, When
from django.db.models.lookups import GreaterThan
from django.utils import timezone

logger = logging.getLogger(__name__)

# How often, and for how long, a mail that the server refuses is retried.
RETRY_AFTER = timedelta(minutes=15)
GIVE_UP_AFTER = timedelta(days=3)
BATCH = 500  # mails of a kind in one run


class MailKind(Protocol):
    def due(self) -> list[int]: ...
    def send(self, pk: int, /) -> None: ...
    def postpone(self, pk: int, /) -> None: ...


@dataclass(frozen=True)
class MailQueue[M: Model]:
    """Mails that wait in a table: a row is to be sent at the time in its column `send_at`.

    `deliver` sends the mail of a row, if it still should be sent, and returns the columns to
    change with their new values. A mail that is refused is given up `GIVE_UP_AFTER` the time in
    `queued_at`. Rows wait while they do not meet `condition()`.
    """

    rows: QuerySet[M]
    deliver: Callable[[M], dict[str, Any]]
    send_at: str = "send_at"
    queued_at: str = "created_at"
    condition: Callable[[], Q] = Q

    def _due(self) -> QuerySet[M]:
        return self.rows.filter(self.condition(), **{f"{self.send_at}__lte": timezone.now()})

    def due(self) -> list[int]:
        """Return the ids of the mails that are to be sent by now, the longest due first."""
        return list(self._due().order_by(self.send_at).values_list("pk", flat=True)[:BATCH])

    @transaction.atomic
    def send(self, pk: int, /) -> None:
        """Send one mail if it is due. A second process that sends it at once skips it."""
        locked = self._due().select_for_update(skip_locked=True, of=["self"])
        row = locked.filter(pk=pk).first()
        if row is None:
            return
        changes = {self.send_at: None, **self.deliver(row)}
        for name, value in changes.items():
            setattr(row, name, value)
        row.save(update_fields=changes)

    def postpone(self, pk: int, /) -> None:
        """Retry a mail later, or give it up once it has been refused for `GIVE_UP_AFTER`."""
        self.rows.filter(pk=pk).update(**{self.send_at: _next_try(F(self.queued_at))})


def send_due(kinds: Iterable[MailKind]) -> None:
    """Send what is due of each kind. A mail that fails does not hold up the others."""
    for kind in kinds:
        for pk in kind.due():
            try:
                kind.send(pk)
            except (SMTPException, OSError, ValueError) as error:
                logger.warning("A mail could not be sent, and is tried later: %s", error)
                kind.postpone(pk)


def _next_try(queued_at: F) -> Case:
    """Return when a refused mail is retried: null once it has waited for `GIVE_UP_AFTER`."""
    now = timezone.now()
    return Case(
        When(GreaterThan(queued_at, Value(now - GIVE_UP_AFTER)), then=Value(now + RETRY_AFTER)),
        default=None,
        output_field=DateTimeField(),
    )
