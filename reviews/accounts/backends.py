"""Who is signed in, with what they may do, in one query."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.models import Group, User
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from reviews.models import VendorMembership


class Backend(AuthenticationBackend):
    """By name or address, and password. What a person may do comes with who they are: every
    page asks."""

    def get_user(self, user_id: Any) -> User | None:
        found = (
            User.objects.filter(pk=user_id)
            .annotate(
                group_list=ArraySubquery(Group.objects.filter(user=OuterRef("pk")).values("name")),
                membership_list=ArraySubquery(
                    VendorMembership.objects.filter(user=OuterRef("pk"))
                    .order_by("vendor__name")
                    .values(found=JSONObject(vendor="vendor", role="role"))
                ),
            )
            .first()
        )
        return found if found is not None and self.user_can_authenticate(found) else None
