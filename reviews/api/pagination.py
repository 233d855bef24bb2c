"""Cursor pagination of the API: `next` and `previous` are URLs, or null."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from reviews import keyset
from reviews.keyset import BadCursor, Segment

PAGE_SIZE = 25


def paged(request: Request, segments: list[Segment], serializer: Any) -> Response:
    """Return one page of a list. An invalid cursor is a 404."""
    try:
        page = keyset.page(segments, request.query_params.get("cursor"), PAGE_SIZE)
    except BadCursor:
        raise NotFound(_("Invalid cursor. Start again without one.")) from None

    def address(cursor: str | None) -> str | None:
        if cursor is None:
            return None
        query = request.query_params.copy()
        query["cursor"] = cursor
        return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")

    return Response(
        {
            "next": address(page.next),
            "previous": address(page.previous),
            "results": serializer(page.items, many=True).data,
        }
    )
