"""Whether a manager must approve a response before it is published."""

from django.contrib.auth.models import User

from responses.choices import Approval, ResponseStatus
from responses.models import Response, VendorDesk
from responses.permissions import role_of
from responses.transitions import ActorRole
from reviews.models import Review


def needs_approval(*, review: Review, actor: User) -> bool:
    """Return whether a manager must approve a person's response to a review."""
    vendor = review.product.vendor
    desk: VendorDesk | None = getattr(vendor, "desk", None)
    if desk is None or role_of(actor, vendor.pk) == ActorRole.MANAGER:
        return False
    if desk.approval != Approval.BY_RULE:
        return desk.approval == Approval.ALWAYS
    if review.stars is not None and review.stars <= desk.approval_stars:
        return True
    return is_new(actor, desk)


def is_new(agent: User, desk: VendorDesk) -> bool:
    """Return whether an agent has published fewer responses than need approval at first."""
    published = Response.objects.filter(
        author=agent, status=ResponseStatus.PUBLISHED, review__product__vendor=desk.vendor_id
    )
    return published[: desk.approval_responses].count() < desk.approval_responses
