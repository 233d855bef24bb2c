"""Who is signed in, with what they may do, in one query."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Group, User
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from reviews.models import VendorMembership


class Backend(ModelBackend):
    """Django's, which fetches a person's groups and vendors with them: every page asks."""

    def get_user(self, user_id: Any) -> User | None:
        found = (
            User.objects.filter(pk=user_id)
            .annotate(
                group_list=ArraySubquery(Group.objects.filter(user=OuterRef("pk")).values("name")),
                vendor_list=ArraySubquery(
                    VendorMembership.objects.filter(user=OuterRef("pk"))
                    .order_by("vendor__name")
                    .values("vendor")
                ),
            )
            .first()
        )
        return found if found is not None and self.user_can_authenticate(found) else None
