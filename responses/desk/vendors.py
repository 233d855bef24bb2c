"""The vendor that a page of the desk is about."""

from typing import Any

from django.shortcuts import get_object_or_404

from reviews.http import HttpRequest
from reviews.models import Vendor
from reviews.permissions import managed_ids, vendor_ids


def vendor_page(
    request: HttpRequest, *, manages: bool = False, named: Vendor | None = None
) -> tuple[Vendor, dict[str, Any]]:
    """Return the vendor in the address, or the user's first one, and the context of its pages.

    `manages`: only vendors that the user manages. `named`: the vendor, if not from the address.
    Raises Http404.
    """
    ids = managed_ids(request.user) if manages else vendor_ids(request.user)
    own = Vendor.objects.filter(pk__in=ids).order_by("name")
    slug = named.slug if named else request.GET.get("vendor", "")[:100]
    vendor = get_object_or_404(own, slug=slug) if slug else own[0]
    query = request.GET.copy()
    query.pop("vendor", None)
    return vendor, {
        "vendor": vendor,
        "rest_of_query": query.urlencode(),
        "vendors": own if len(ids) > 1 else [],
        "manages": vendor.pk in managed_ids(request.user),
    }
