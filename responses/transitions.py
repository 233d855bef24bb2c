"""Which status a response may move to from which, and who may move it.

The desk, the inbox, the API, reply rules, the schedule and imports all check this table; a
trigger refuses any other change of status (`responses/sql/response_status.sql`). The
counterpart for reviews is `reviews/moderation/transitions.py`.
"""

from enum import StrEnum
from typing import NamedTuple

from responses.choices import ResponseStatus as S


class ActorRole(StrEnum):
    """Who changes a response: the vendor's staff, automation, or the marketplace."""

    AGENT = "agent"
    MANAGER = "manager"
    # A partner's API key, an import, a reply rule, the schedule.
    SYSTEM = "system"
    MODERATOR = "moderator"


class ResponseTransition(NamedTuple):
    """One allowed change of status. `from_status` is None for a new response."""

    from_status: S | None
    to_status: S
    roles: tuple[ActorRole, ...]
    needs_reason: bool = False


A, M, SYSTEM, MODERATOR = ActorRole.AGENT, ActorRole.MANAGER, ActorRole.SYSTEM, ActorRole.MODERATOR
TRANSITIONS = (
    ResponseTransition(None, S.DRAFT, (A, M, SYSTEM)),
    # Moderators respond on behalf of vendors.
    ResponseTransition(None, S.PUBLISHED, (A, M, SYSTEM, MODERATOR)),
    ResponseTransition(S.DRAFT, S.IN_APPROVAL, (A, M, SYSTEM)),
    ResponseTransition(S.DRAFT, S.PUBLISHED, (A, M, SYSTEM)),
    # Taken back by its author, or sent back by a manager with a note.
    ResponseTransition(S.IN_APPROVAL, S.DRAFT, (A,)),
    ResponseTransition(S.IN_APPROVAL, S.DRAFT, (M,), needs_reason=True),
    ResponseTransition(S.IN_APPROVAL, S.PUBLISHED, (M,)),
    ResponseTransition(S.PUBLISHED, S.WITHDRAWN, (A, M, SYSTEM)),
    ResponseTransition(S.PUBLISHED, S.REMOVED, (MODERATOR,), needs_reason=True),
)


def allows(from_status: str | None, to_status: str, role: ActorRole) -> bool:
    """Return whether a role may move a response from one status to another.

    Whether an agent needs a manager's approval first is decided by `responses/approval.py`.
    """
    return any(
        (move.from_status, move.to_status) == (from_status, to_status) and role in move.roles
        for move in TRANSITIONS
    )
