"""Which status a review may move to from which, by whom, and whether a reason is due."""

from collections.abc import Callable
from typing import NamedTuple

from reviews.choices import ReviewStatus as S
from reviews.roles import User, is_lead, is_moderator


class Transition(NamedTuple):
    """One allowed move. `may` tells whether a person may make it."""

    from_status: S
    to_status: S
    may: Callable[[User], bool]
    needs_reason: bool


TRANSITIONS = (
    Transition(S.PENDING, S.PUBLISHED, is_moderator, needs_reason=False),
    Transition(S.PENDING, S.REJECTED, is_moderator, needs_reason=True),
    Transition(S.PUBLISHED, S.REMOVED, is_moderator, needs_reason=True),
    Transition(S.REJECTED, S.PUBLISHED, is_lead, needs_reason=False),
    Transition(S.REMOVED, S.PUBLISHED, is_lead, needs_reason=False),
)


def open_to(user: User, status: str) -> list[Transition]:
    """Return the moves that a person may make from a status."""
    return [t for t in TRANSITIONS if t.from_status == status and t.may(user)]
