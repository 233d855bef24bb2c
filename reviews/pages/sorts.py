"""The sort orders of a list of reviews."""

from reviews.choices import Sort
from reviews.filters import ReviewFilter
from reviews.http import HttpRequest
from reviews.pages.addresses import address
from reviews.pages.localized_text import originals_wanted


def sorts(request: HttpRequest, filterset: ReviewFilter, path: str = "") -> list[dict[str, object]]:
    """Return the sort orders of a list, each with its address."""
    path = path or request.path
    return [
        {
            "value": sort.value,
            "label": sort.label,
            "chosen": filterset.order == sort,
            "url": address(
                path,
                request.GET,
                cursor=None,
                translate=None,
                original=originals_wanted(request),
                sort=sort.value,
            ),
        }
        for sort in Sort
    ]
