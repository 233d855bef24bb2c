"""Who may do what: groups for the marketplace's people, membership for vendors' staff."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, Group, Permission
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponseBase

from reviews.choices import VendorRole
from reviews.models import VendorMembership

MODERATORS = "Moderators"
LEADS = "Lead moderators"
# What leads see and edit in the admin, beside what every sign-in there may look at.
LEAD_PERMISSIONS = ("change_moderationreason", "add_moderationreason", "change_product")

type User = AbstractBaseUser | AnonymousUser


def ensure_groups(**_kwargs: Any) -> None:
    """Make the groups and give leads their rights in the admin (after each migration)."""
    Group.objects.get_or_create(name=MODERATORS)
    leads, _made = Group.objects.get_or_create(name=LEADS)
    looks = Permission.objects.filter(
        content_type__app_label__in=["reviews", "responses"], codename__startswith="view_"
    )
    leads.permissions.add(*looks, *Permission.objects.filter(codename__in=LEAD_PERMISSIONS))


def group_names(user: User) -> set[str]:
    if not user.is_authenticated:
        return set()
    person: Any = user
    if not hasattr(person, "group_list"):  # fetched with whoever is signed in
        person.group_list = list(person.groups.values_list("name", flat=True))
    return set(person.group_list)


def is_moderator(user: User) -> bool:
    """Tell whether a person moderates: moderators, leads and administrators do."""
    return bool(user.is_superuser or group_names(user) & {MODERATORS, LEADS})  # type: ignore


def is_lead(user: User) -> bool:
    return bool(user.is_superuser or LEADS in group_names(user))  # type: ignore


def vendor_roles(user: User) -> dict[int, str]:
    """Return the vendors whose staff a person belongs to, each with the person's role."""
    person: Any = user
    if not hasattr(person, "membership_list"):  # fetched with whoever is signed in
        found = VendorMembership.objects.of(user).order_by("vendor__name")
        person.membership_list = list(found.values("vendor", "role"))
    return {row["vendor"]: row["role"] for row in person.membership_list}


def vendor_ids(user: User) -> list[int]:
    """Return the vendors whose staff a person belongs to."""
    return list(vendor_roles(user))


def managed_ids(user: User) -> list[int]:
    """Return the vendors that a person is a manager of."""
    return [pk for pk, role in vendor_roles(user).items() if role == VendorRole.MANAGER]


def _only(allowed: Callable[[User], object]) -> Callable:
    """Let a view be found only by whom it is for: sign-in for visitors, 404 for others."""

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
    """Tell templates which workspaces the reader has (a context processor)."""
    user = getattr(request, "user", AnonymousUser())
    return {
        "is_moderator": user.is_authenticated and is_moderator(user),
        "is_vendor_staff": user.is_authenticated and bool(vendor_ids(user)),
    }
