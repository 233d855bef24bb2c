"""Whose consent an answer needs before it is published."""

from django.contrib.auth.models import User

from responses.choices import Approval, ResponseStatus
from responses.models import Response, VendorDesk
from responses.transitions import ActorRole
from reviews.choices import VendorRole
from reviews.models import Review
from reviews.permissions import vendor_roles


def role_of(user: User, vendor_id: int) -> ActorRole:
    """Return as what a person moves the answers of a vendor."""
    is_manager = vendor_roles(user).get(vendor_id) == VendorRole.MANAGER
    return ActorRole.MANAGER if is_manager else ActorRole.AGENT


def needs_approval(*, review: Review, actor: User) -> bool:
    """Tell whether a manager has to agree to what a person answers to a review."""
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
    """Tell whether an agent's first answers are still being looked at."""
    told = Response.objects.filter(
        author=agent, status=ResponseStatus.PUBLISHED, review__product__vendor=desk.vendor_id
    )
    return told[: desk.approval_responses].count() < desk.approval_responses
