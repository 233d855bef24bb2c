"""The middle pane of a workspace: a filtered list of reviews, a page at a time."""

from typing import Any

from django.db.models import Q

from reviews import facets, keyset, search
from reviews.filters import ReviewFilter
from reviews.http import HttpRequest
from reviews.keyset import BadCursor
from reviews.pages.facet_list import FacetList
from reviews.pages.neighbours import neighbours
from reviews.pages.sorts import sorts

PAGE_SIZE = 30


def listing(
    request: HttpRequest,
    *,
    filterset: ReviewFilter,
    within: Q,
    names: tuple[str, ...],
    path: str,
) -> dict[str, Any]:
    """Return what the pane shows: a page of reviews, its facets, sorts and neighbouring pages.

    `within` restricts what the facets count; `path` is the list's own address.
    """
    try:
        page = keyset.page(filterset.segments(), request.GET.get("cursor"), PAGE_SIZE)
    except BadCursor:
        page = keyset.page(filterset.segments(), None, PAGE_SIZE)
    counts = facets.counts(filterset, within, (*names, "total"))
    total = counts.pop("total").total()
    set_excerpts(page.items, filterset.chosen.get("q", ""))
    query = request.GET.copy()
    query.pop("translate", None)
    return {
        "page": page,
        "total": total,
        "filterset": filterset,
        "rail": FacetList(filterset, counts, request.GET, path),
        "list_url": path,
        "query": query.urlencode(),
        "sorts": sorts(request, filterset, path),
        **neighbours(request, page, path),
    }


def set_excerpts(reviews: list[Any], words: str) -> None:
    """Give each review a heading and an excerpt, with search hits marked."""
    rows: list[tuple[str, str]] = []
    for review in reviews:
        texts = [t for t in (review.title, review.overall, review.pros, review.cons) if t.strip()]
        head = texts[0] if texts else ""
        rows += [(review.language, head[:300]), (review.language, "\n".join(texts[1:])[:5000])]
    if words:
        marked = search.highlighted(rows, words, whole=False)
    else:
        marked = [text for _language, text in rows]
    for index, review in enumerate(reviews):
        review.head, review.words = marked[2 * index], marked[2 * index + 1]
