"""Which status a response may move to from which, and who may move it.

Beside `reviews/moderation/transitions.py`, this is the other half of the table: the desk,
the inbox, the API and imports all ask it, and a trigger refuses what is not in it.
"""

from enum import StrEnum
from typing import NamedTuple

from responses.choices import ResponseStatus as S


class Mover(StrEnum):
    """Who moves a response: the vendor's side (staff, its partner, its import) or ours."""

    VENDOR = "vendor"
    MODERATOR = "moderator"


class Transition(NamedTuple):
    """One allowed move; from None where the response is new."""

    from_status: S | None
    to_status: S
    mover: Mover
    needs_reason: bool


TRANSITIONS = (
    Transition(None, S.DRAFT, Mover.VENDOR, needs_reason=False),
    Transition(None, S.PUBLISHED, Mover.VENDOR, needs_reason=False),
    # Where the marketplace answers for the vendor.
    Transition(None, S.PUBLISHED, Mover.MODERATOR, needs_reason=False),
    Transition(S.DRAFT, S.IN_APPROVAL, Mover.VENDOR, needs_reason=False),
    Transition(S.DRAFT, S.PUBLISHED, Mover.VENDOR, needs_reason=False),
    Transition(S.IN_APPROVAL, S.DRAFT, Mover.VENDOR, needs_reason=False),
    Transition(S.IN_APPROVAL, S.PUBLISHED, Mover.VENDOR, needs_reason=False),
    Transition(S.PUBLISHED, S.WITHDRAWN, Mover.VENDOR, needs_reason=False),
    Transition(S.PUBLISHED, S.REMOVED, Mover.MODERATOR, needs_reason=True),
)


def allows(from_status: str | None, to_status: str, mover: Mover) -> bool:
    """Tell whether a response may be moved so."""
    return any(
        (move.from_status, move.to_status, move.mover) == (from_status, to_status, mover)
        for move in TRANSITIONS
    )
