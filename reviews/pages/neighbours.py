"""Links from one page of a list to the next and the previous one."""

from reviews import keyset
from reviews.http import HttpRequest
from reviews.pages.addresses import address
from reviews.pages.localized_text import originals_wanted


def neighbours(request: HttpRequest, page: keyset.Page, path: str = "") -> dict[str, str | None]:
    """Return the addresses of the next and the previous page."""
    path = path or request.path
    return {
        f"{direction}_url": address(
            path, request.GET, cursor=cursor, translate=None, original=originals_wanted(request)
        )
        if cursor
        else None
        for direction, cursor in (("next", page.next), ("previous", page.previous))
    }
