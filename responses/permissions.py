"""Who may see responses and work at the desk, and in which role."""

from django.db.models import Q
from django.shortcuts import get_object_or_404

from responses.choices import ResponseStatus
from responses.models import Response
from responses.transitions import ActorRole
from reviews.choices import ReviewStatus, VendorRole
from reviews.models import Product, Review
from reviews.models.review import ReviewQuerySet
from reviews.permissions import User, can_read_review, is_moderator, vendor_ids, vendor_roles


def role_of(user: User, vendor_id: int) -> ActorRole:
    """Return the role in which a person changes the responses of a vendor."""
    is_manager = vendor_roles(user).get(vendor_id) == VendorRole.MANAGER
    return ActorRole.MANAGER if is_manager else ActorRole.AGENT


def own_reviews(user: User) -> ReviewQuerySet:
    """Return the published reviews of the vendors that a person works for."""
    return Review.objects.published().of_vendors(vendor_ids(user))


def get_own_review(user: User, pk: int) -> Review:
    """Return one of `own_reviews` with what its pane needs. Raises Http404 for any other."""
    reviews = (
        own_reviews(user)
        .with_names()
        .select_related("product__vendor__desk", "reviewer", "case__assignee")
    )
    return get_object_or_404(reviews, pk=pk)


def visible_at_desk(vendors: list[int]) -> Q:
    """Return the condition for published reviews of these vendors.

    Its columns exist in both `Review` and `FacetCount`.
    """
    products = Product.objects.filter(vendor_id__in=vendors).values("pk")
    return Q(product_id__in=products, status=ReviewStatus.PUBLISHED)


def can_read_response(user: User, response: Response) -> bool:
    """Return whether a person may read a response: everyone if it is published and its review is.

    Moderators may read every response.
    """
    is_published = response.status == ResponseStatus.PUBLISHED
    return (is_published or is_moderator(user)) and can_read_review(user, response.review)
