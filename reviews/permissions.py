"""Who may see and do what: groups for the marketplace's staff, membership for vendors' staff."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, Group, Permission
from django.contrib.auth.views import redirect_to_login
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase

from reviews.choices import FlagOutcome, ReviewStatus, VendorRole
from reviews.models import ApiKey, Flag, Product, Review, VendorMembership

MODERATORS = "Moderators"
LEADS = "Lead moderators"
# What leads may change in the admin, in addition to viewing every table.
LEAD_PERMISSIONS = ("change_moderationreason", "add_moderationreason", "change_product")

type User = AbstractBaseUser | AnonymousUser


def ensure_groups(**_kwargs: Any) -> None:
    """Create the groups and give leads their permissions in the admin (after each migration)."""
    Group.objects.get_or_create(name=MODERATORS)
    leads, _created = Group.objects.get_or_create(name=LEADS)
    view_permissions = Permission.objects.filter(
        content_type__app_label__in=["reviews", "responses"], codename__startswith="view_"
    )
    leads.permissions.add(
        *view_permissions, *Permission.objects.filter(codename__in=LEAD_PERMISSIONS)
    )


def group_names(user: User) -> set[str]:
    if not user.is_authenticated:
        return set()
    person: Any = user
    if not hasattr(person, "group_list"):  # set by reviews.accounts.backends
        person.group_list = list(person.groups.values_list("name", flat=True))
    return set(person.group_list)


def is_moderator(user: User) -> bool:
    """Return whether a person moderates: moderators, leads and administrators do."""
    return bool(user.is_superuser or group_names(user) & {MODERATORS, LEADS})  # type: ignore


def is_lead(user: User) -> bool:
    return bool(user.is_superuser or LEADS in group_names(user))  # type: ignore


def vendor_roles(user: User) -> dict[int, str]:
    """Return the ids of the vendors whose staff a person belongs to, each with their role."""
    person: Any = user
    if not hasattr(person, "membership_list"):  # set by reviews.accounts.backends
        memberships = VendorMembership.objects.of(user).order_by("vendor__name")
        person.membership_list = list(memberships.values("vendor", "role"))
    return {row["vendor"]: row["role"] for row in person.membership_list}


def vendor_ids(user: User) -> list[int]:
    """Return the ids of the vendors whose staff a person belongs to."""
    return list(vendor_roles(user))


def managed_ids(user: User) -> list[int]:
    """Return the ids of the vendors that a person is a manager of."""
    return [pk for pk, role in vendor_roles(user).items() if role == VendorRole.MANAGER]


def can_read_review(user: User, review: Review) -> bool:
    """Return whether a person may read a review: everyone if published, else moderators."""
    return review.status == ReviewStatus.PUBLISHED or is_moderator(user)


def owns_open_flag(user: User, flag: Flag) -> bool:
    """Return whether a person raised a flag that is still open: they may add to it."""
    return flag.outcome == FlagOutcome.OPEN and flag.raised_by_id == user.pk


def visible_reviews(key: ApiKey) -> QuerySet[Review]:
    """Return the reviews that an API key may read: its vendor's, or all if it has no vendor."""
    reviews = Review.objects.with_names()
    return reviews.of_vendors([key.vendor_id]) if key.vendor_id else reviews


def visible_products(key: ApiKey) -> QuerySet[Product]:
    """Return the products that an API key may read: its vendor's, or all if it has no vendor."""
    products = Product.objects.select_related("vendor")
    return products.filter(vendor_id=key.vendor_id) if key.vendor_id else products


def _only(allowed: Callable[[User], object]) -> Callable:
    """Restrict a view to some people: visitors are sent to sign in, others get a 404."""

    def decorate(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not allowed(request.user):
                raise Http404
            return view(request, *args, **kwargs)

        return guarded

    return decorate


moderators_only = _only(is_moderator)
leads_only = _only(is_lead)
vendor_staff_only = _only(vendor_ids)
vendor_managers_only = _only(managed_ids)


def context(request: HttpRequest) -> dict[str, Any]:
    """Return which workspaces the reader has, for templates (a context processor)."""
    user = getattr(request, "user", AnonymousUser())
    return {
        "is_moderator": user.is_authenticated and is_moderator(user),
        "is_vendor_staff": user.is_authenticated and bool(vendor_ids(user)),
    }
