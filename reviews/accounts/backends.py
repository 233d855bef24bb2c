"""Fetch the signed-in user with their permissions in one query."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.models import Group, User
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from reviews.models import VendorMembership


class Backend(AuthenticationBackend):
    """Sign-in by username or e-mail address, and password.

    The user comes with `group_list` and `membership_list`, since every page checks permissions.
    """

    def get_user(self, user_id: Any) -> User | None:
        user = (
            User.objects.filter(pk=user_id)
            .annotate(
                group_list=ArraySubquery(Group.objects.filter(user=OuterRef("pk")).values("name")),
                membership_list=ArraySubquery(
                    VendorMembership.objects.filter(user=OuterRef("pk"))
                    .order_by("vendor__name")
                    .values(row=JSONObject(vendor="vendor", role="role"))
                ),
            )
            .first()
        )
        return user if user is not None and self.user_can_authenticate(user) else None
