"""A vendor's desk as tests need it."""

from typing import Any

from django.urls import reverse

from responses.models import ReplyTemplate, VendorDesk
from reviews.choices import VendorRole
from tests.factories import ReviewFactory, vendor_staff


class Desk:
    """A published review, an agent and a manager of its vendor, and the vendor's desk."""

    def __init__(self, *, wish: dict[str, Any] | None = None, **review: Any) -> None:
        self.review = ReviewFactory(**({"overall_rating": 1} | review))
        self.vendor = self.review.product.vendor
        self.desk = VendorDesk.objects.create(vendor=self.vendor, **(wish or {}))
        self.katie = self._person("Katie", VendorRole.AGENT)
        self.manager = self._person("Marta", VendorRole.MANAGER)

    def _person(self, name: str, role: VendorRole) -> Any:
        person = vendor_staff(self.vendor, role)
        person.first_name = name
        person.email = f"{name.lower()}@vendor.example"
        person.save()
        return person

    def template(self, body: str, **more: Any) -> ReplyTemplate:
        more = {"name": f"t{ReplyTemplate.objects.count()}", "changed_by": self.manager} | more
        return ReplyTemplate.objects.create(vendor=self.vendor, body=body, **more)

    def path(self, name: str) -> str:
        return reverse(name, args=[self.review.pk])


def typed(body: str, **more: str) -> dict[str, str]:
    """Return what the editor sends."""
    return {"body": body, "author_name": "Katie", "expected_version": "none", "editor": "e1"} | more
