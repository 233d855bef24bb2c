"""Which status a response may move to from which, and who may move it.

Beside `reviews/moderation/transitions.py`, this is the other half of the table: the desk,
the inbox, the API, rules, the clock and imports all ask it, and a trigger refuses what is
not in it.
"""

from enum import StrEnum
from typing import NamedTuple

from responses.choices import ResponseStatus as S


class ActorRole(StrEnum):
    """Who moves a response: the vendor's people, its machines, or the marketplace."""

    AGENT = "agent"
    MANAGER = "manager"
    # A partner with a key, an import, a rule that a manager switched on, the clock.
    SYSTEM = "system"
    MODERATOR = "moderator"


class Transition(NamedTuple):
    """One allowed move; from None where the response is new."""

    from_status: S | None
    to_status: S
    roles: tuple[ActorRole, ...]
    needs_reason: bool = False
    # An agent's only where the vendor wants no manager's consent.
    unless_approval: bool = False


A, M, SYSTEM, MODERATOR = ActorRole.AGENT, ActorRole.MANAGER, ActorRole.SYSTEM, ActorRole.MODERATOR
TRANSITIONS = (
    Transition(None, S.DRAFT, (A, M, SYSTEM)),
    # The marketplace answers for vendors, too.
    Transition(None, S.PUBLISHED, (A, M, SYSTEM, MODERATOR), unless_approval=True),
    Transition(S.DRAFT, S.IN_APPROVAL, (A, M, SYSTEM)),
    Transition(S.DRAFT, S.PUBLISHED, (A, M, SYSTEM), unless_approval=True),
    # Taken back by who wrote it, or sent back with a word.
    Transition(S.IN_APPROVAL, S.DRAFT, (A,)),
    Transition(S.IN_APPROVAL, S.DRAFT, (M,), needs_reason=True),
    Transition(S.IN_APPROVAL, S.PUBLISHED, (M,)),
    Transition(S.PUBLISHED, S.WITHDRAWN, (A, M, SYSTEM)),
    Transition(S.PUBLISHED, S.REMOVED, (MODERATOR,), needs_reason=True),
)


def allows(
    from_status: str | None, to_status: str, role: ActorRole, *, needs_approval: bool = False
) -> bool:
    """Tell whether a response may be moved so.

    `needs_approval`: whether the vendor wants a manager's consent to this answer.
    """
    return any(
        (move.from_status, move.to_status) == (from_status, to_status)
        and role in move.roles
        and not (move.unless_approval and needs_approval and role == ActorRole.AGENT)
        for move in TRANSITIONS
    )
