"""Export of a vendor's reviews and responses as a file."""

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from responses.desk.vendors import vendor_page
from responses.filters import DeskFilter
from reviews import exporting
from reviews.http import HttpRequest
from reviews.models import Review
from reviews.permissions import vendor_staff_only


@vendor_staff_only
@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """Choose reviews with a response, and download them as a file."""
    vendor, context = vendor_page(request)
    file_format = request.GET.get("format")
    if file_format not in exporting.FORMATS:
        context["products"] = vendor.products.order_by("name")
        return render(request, "responses/desk/export.html", context)
    query = request.GET.copy()
    for name in ("format", "vendor"):
        query.pop(name, None)
    query["has_response"] = "true"
    reviews = DeskFilter(query, vendors=[vendor.pk], queryset=Review.objects.with_names()).found()
    response = StreamingHttpResponse(
        exporting.FORMATS[file_format](exporting.rows(reviews)),
        content_type=exporting.CONTENT_TYPES[file_format],
    )
    name = f"{vendor.slug}-{timezone.now():%Y-%m-%d}.{file_format}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
