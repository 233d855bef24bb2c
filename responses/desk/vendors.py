"""Which of one's vendors a page is about."""

from typing import Any

from django.shortcuts import get_object_or_404

from reviews.http import HttpRequest
from reviews.models import Vendor
from reviews.roles import managed_ids, vendor_ids


def vendor_page(request: HttpRequest, *, manages: bool = False) -> tuple[Vendor, dict[str, Any]]:
    """Return the vendor that the address names, one's first without, and what a page says of it.

    `manages`: of the vendors that one is a manager of alone. Raises Http404.
    """
    ids = managed_ids(request.user) if manages else vendor_ids(request.user)
    own = Vendor.objects.filter(pk__in=ids).order_by("name")
    slug = request.GET.get("vendor", "")[:100]
    vendor = get_object_or_404(own, slug=slug) if slug else own[0]
    return vendor, {
        "vendor": vendor,
        "vendors": own if len(ids) > 1 else [],
        "manages": vendor.pk in managed_ids(request.user),
    }
