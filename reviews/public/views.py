"""The public pages: the products, and one product's reviews."""

from django.conf import settings
from django.db.models import Q, Sum
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from reviews import facets, keyset
from reviews.choices import ReviewStatus
from reviews.filters import ReviewFilter
from reviews.http import HttpRequest
from reviews.keyset import BadCursor, Segment
from reviews.models import FacetCount, Product, Review
from reviews.pages import localized_text
from reviews.pages.addresses import address
from reviews.pages.facet_list import FacetList
from reviews.pages.localized_text import has_translations, localize_cards, originals_wanted
from reviews.pages.neighbours import neighbours
from reviews.pages.sorts import sorts
from reviews.permissions import can_read_review
from reviews.public.structured_data import product_data

PAGE_SIZE = 25
FACETS = (
    "company_size",
    "duration",
    "rating",
    "industry",
    "frequency",
    "language",
    "source",
    "has_response",
)


@require_safe
def product_list(request: HttpRequest) -> HttpResponse:
    """The products by name, each with its number of reviews and average rating."""
    products = Product.objects.select_related("vendor")
    words = request.GET.get("q", "").replace("\0", "").strip()
    if words:
        products = products.filter(Q(name__icontains=words) | Q(vendor__name__icontains=words))
    try:
        page = keyset.page([Segment(products, ("name", "id"))], request.GET.get("cursor"), 24)
    except BadCursor:
        return redirect("product-list")
    published = FacetCount.objects.filter(
        status=ReviewStatus.PUBLISHED, product_id__in=[p.pk for p in page.items]
    )
    sums = published.values("product_id").annotate(
        reviews=Sum("n"), rated=Sum("overall_n"), stars=Sum("overall_sum")
    )
    by_product = {row["product_id"]: row for row in sums}
    for product in page.items:
        row = by_product.get(product.pk, {"reviews": 0, "rated": 0, "stars": 0})
        product.reviews_count = row["reviews"]
        product.average = float(row["stars"] / row["rated"]) if row["rated"] else None
    return render(
        request,
        "reviews/public/product_list.html",
        {"page": page, "words": words, **neighbours(request, page)},
    )


@require_safe
@localized_text.varies
def product(request: HttpRequest, slug: str) -> HttpResponse:
    """One product's published reviews, first those in the reader's language."""
    product = get_object_or_404(Product.objects.select_related("vendor"), slug=slug)
    published = Review.objects.published().filter(product=product).with_names()
    filterset = ReviewFilter(request.GET, queryset=published, product_id=product.pk)
    language = get_language() or settings.LANGUAGE_CODE
    try:
        page = keyset.page(filterset.segments(language), request.GET.get("cursor"), PAGE_SIZE)
    except BadCursor:
        return redirect(address(request.path, request.GET, cursor=None))
    localize_cards(page.items, request)
    within = Q(product_id=product.pk, status=ReviewStatus.PUBLISHED)
    counts = facets.counts(filterset, within, (*FACETS, "total"))
    total = counts.pop("total").total()
    rail = FacetList(filterset, counts, request.GET, request.path)
    summary = facets.summary(product)
    url = request.build_absolute_uri(request.path)
    originals = originals_wanted(request)
    context = {
        "product": product,
        "originals": originals,
        "has_translations": has_translations(page.items),
        "originals_url": address(
            request.path, request.GET, original=None if originals else localized_text.ALL
        ),
        "summary": summary,
        "filterset": filterset,
        "rail": rail,
        "page": page,
        "total": total,
        "sorts": sorts(request, filterset),
        "canonical": f"{url}?hl={language}",
        "alternates": [(code, f"{url}?hl={code}") for code, _name in settings.LANGUAGES],
        "default_url": url,
        "structured_data": product_data(product, summary, page.items, url),
        **neighbours(request, page),
    }
    swap = request.htmx and not request.htmx.history_restore_request
    template = "reviews/public/product.html" + ("#results" if swap else "")
    return render(request, template, context)


@require_http_methods(["GET", "HEAD", "POST"])
@localized_text.varies
def review_translation(request: HttpRequest, pk: int) -> HttpResponse:
    """A review's text in the reader's language (see `localized_text.respond`)."""
    review = get_object_or_404(Review.objects.with_names(), pk=pk)
    if not can_read_review(request.user, review):
        raise Http404
    return localized_text.respond(
        request, review, "reviews/_review_text.html", review.product.get_absolute_url()
    )
