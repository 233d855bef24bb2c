"""Which status a review may move to from which, who may move it, and whether it needs a reason.

Pages, API, rules and bulk jobs all decide by this table, and the database changes a status only
when a decision is stored. The one other way is to undo: within `UNDO_WINDOW`, the person who made
a decision, or started a bulk job, may undo it (`undoing.undo`).
"""

from collections.abc import Callable
from typing import NamedTuple

from reviews.choices import Basis
from reviews.choices import ReviewStatus as S
from reviews.permissions import User, is_lead, is_moderator


class ReviewTransition(NamedTuple):
    """One allowed transition. `may` returns whether a person may make it.

    A rule and an author's edit have no moderator behind them: `may` is None.
    """

    from_status: S
    to_status: S
    basis: Basis
    may: Callable[[User], bool] | None
    needs_reason: bool


TRANSITIONS = (
    ReviewTransition(S.PENDING, S.PUBLISHED, Basis.MANUAL, is_moderator, needs_reason=False),
    ReviewTransition(S.PENDING, S.REJECTED, Basis.MANUAL, is_moderator, needs_reason=True),
    ReviewTransition(S.PUBLISHED, S.REMOVED, Basis.MANUAL, is_moderator, needs_reason=True),
    ReviewTransition(S.REJECTED, S.PUBLISHED, Basis.MANUAL, is_lead, needs_reason=False),
    ReviewTransition(S.REMOVED, S.PUBLISHED, Basis.MANUAL, is_lead, needs_reason=False),
    ReviewTransition(S.PENDING, S.PUBLISHED, Basis.RULE, None, needs_reason=False),
    # By someone other than the first decision-maker: `appeals.decide_appeal` checks that.
    ReviewTransition(S.REJECTED, S.PUBLISHED, Basis.APPEAL, is_moderator, needs_reason=False),
    ReviewTransition(S.REMOVED, S.PUBLISHED, Basis.APPEAL, is_moderator, needs_reason=False),
    ReviewTransition(S.REJECTED, S.PENDING, Basis.AUTHOR_EDIT, None, needs_reason=False),
    ReviewTransition(S.REMOVED, S.PENDING, Basis.AUTHOR_EDIT, None, needs_reason=False),
)


def find(
    from_status: str, to_status: str, basis: Basis, actor: User | None
) -> ReviewTransition | None:
    """Return the transition, None if `actor` may not make it."""
    for move in TRANSITIONS:
        if (move.from_status, move.to_status, move.basis) == (from_status, to_status, basis):
            allowed = actor is None if move.may is None else actor is not None and move.may(actor)
            return move if allowed else None
    return None


def open_to(user: User, status: str) -> list[ReviewTransition]:
    """Return the transitions that a person may make manually from a status."""
    return [
        move
        for move in TRANSITIONS
        if move.from_status == status
        and move.basis == Basis.MANUAL
        and move.may is not None
        and move.may(user)
    ]
